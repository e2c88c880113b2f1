"""`python -m patrolcar` is the command `patrol`."""

from patrolcar.cli import main

if __name__ == "__main__":
    main()
