"""The feeds of a built site read back, whatever format they are in, and what is asked of them."""
