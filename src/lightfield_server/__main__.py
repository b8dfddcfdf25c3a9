"""`python -m lightfield_server`: the operator's commands, whether or not `lightfield` is on the path."""

from lightfield_server.commands import group

if __name__ == "__main__":
    group(prog_name="lightfield")
