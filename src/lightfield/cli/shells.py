"""The scripts that let shells ask what may come next."""

from __future__ import annotations

from .arguments import Typed, none_left
from .console import Console
from .refusals import Refused, did_you_mean


def print_script(line: Typed, console: Console) -> int:
    """What the shell named by position is to be told.

    Raises:
        Refused: We do not speak to that shell.
    """
    none_left(line, 1)
    shell = line.loose[0] if line.loose else ""
    if shell not in SCRIPTS:
        near = did_you_mean(shell, SCRIPTS)
        raise Refused(f"Completion is there for {', '.join(SCRIPTS)}; {shell!r} is none of them.{near}")
    console.write(SCRIPTS[shell])
    return 0


SCRIPTS = {
    "bash": """\
# Completion of lightfield for bash. Put this line into ~/.bashrc:
#   eval "$(lightfield completion bash)"
_lightfield() {
    local word
    local -a found
    mapfile -t found < <(COMPLETION_STYLE=bash lightfield __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
    COMPREPLY=()
    for word in "${found[@]}"; do
        [[ ${COMP_WORDS[COMP_CWORD]} == [\\'\\"]* ]] || word=$(printf '%q' "$word")
        COMPREPLY+=("$word")
    done
    if [[ ${#COMPREPLY[@]} -eq 1 && ( ${COMPREPLY[0]} == */ || ${COMPREPLY[0]} == *. ) ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _lightfield lightfield
""",
    "zsh": """\
#compdef lightfield
# Completion of lightfield for zsh. Put this line into ~/.zshrc, below compinit:
#   eval "$(lightfield completion zsh)"
_lightfield() {
    local -a found
    found=("${(@f)$(COMPLETION_STYLE=zsh lightfield __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    [[ -n ${found[1]} ]] && _describe -o 'lightfield' found
}
compdef _lightfield lightfield
""",
    "fish": """\
# Completion of lightfield for fish. Put it where fish looks:
#   lightfield completion fish > ~/.config/fish/completions/lightfield.fish
function __lightfield_complete
    set -l words (commandline -opc)
    COMPLETION_STYLE=fish lightfield __complete -- $words[2..-1] (commandline -ct) 2>/dev/null
end
complete -c lightfield -f -a '(__lightfield_complete)'
""",
    "pwsh": """\
# Completion of lightfield for PowerShell. Put this line into $PROFILE:
#   lightfield completion pwsh | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName lightfield -ScriptBlock {
    param($word, $tree, $position)
    $words = @($tree.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if ($word -eq '') { $words += '' }
    $env:COMPLETION_STYLE = 'pwsh'
    lightfield __complete -- @words 2>$null | ForEach-Object {
        $value, $meaning = $_ -split "`t", 2
        if (-not $meaning) { $meaning = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $meaning)
    }
}
""",
}
