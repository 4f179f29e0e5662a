"""The platforms: verify, parse, hand over."""
