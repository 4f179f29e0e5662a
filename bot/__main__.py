"""`python -m bot` is the command `colloquy`."""

from bot.cli import main

main()
