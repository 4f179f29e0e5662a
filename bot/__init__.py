"""The product: its rules, its sentences, and the shell round them."""
