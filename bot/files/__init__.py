"""The bytes of uploads: read for the check at the door, and rid of what nobody sees in them."""
