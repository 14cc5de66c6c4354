"""``python -m feedkeep`` is ``feedkeep``."""

from feedkeep.cli import main

if __name__ == "__main__":
    main()
