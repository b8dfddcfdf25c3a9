"""The `lightfield` command: a client for the API, and the server's commands where the server is installed.

main            routes what was typed and turns every outcome into an exit code
catalogue       resources, commands and flags, derived from the table of operations
arguments       what was typed, told apart by what the catalogue knows
values, documents, sending    flags, YAML, JSON and piped input as one request
calling, batching    one answer, every page, or one operation for each line
formats/        answers as JSON, YAML, tables, …
definitions, keeping    labels and keys of the workspace's types
profiles, connecting    which server, which key
own             commands that are about this computer: logins, doctor
completion, shells, manual, helping    what the shell and the reader are told
"""
