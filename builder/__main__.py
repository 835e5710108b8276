"""`python -m builder` is the command `wenzhai`."""

from builder.cli import run

if __name__ == "__main__":
    run()
