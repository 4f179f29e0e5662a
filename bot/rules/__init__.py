"""Pure: the product's decisions beside the engine."""
