/** What the shells are to source. Each asks the program itself, so that they never know less than it. */

const bash = `# bash completion of fairlead: source <(fairlead completion bash)
_fairlead() {
  local line directive=4
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) directive="\${line#:}" ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("\${COMP_WORDS[0]}" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  if [ "$directive" = 0 ]; then compopt -o default; fi
}
complete -F _fairlead fairlead kubectl-fairlead
`

const zsh = `#compdef fairlead kubectl-fairlead
# zsh completion of fairlead: source <(fairlead completion zsh)
_fairlead() {
  local line directive=4
  local -a candidates
  while IFS= read -r line; do
    case "$line" in
      :*) directive="\${line#:}" ;;
      *) candidates+=("\${\${line//:/\\\\:}/$'\\t'/:}") ;;
    esac
  done < <("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if [ "$directive" = 0 ]; then _files; else _describe fairlead candidates; fi
}
compdef _fairlead fairlead kubectl-fairlead
`

const fish = `# fish completion of fairlead: fairlead completion fish | source
function __fairlead_complete
  set -l words (commandline -opc) (commandline -ct)
  $words[1] complete -- $words[2..] 2>/dev/null | string match --invert --regex '^:'
end
complete -c fairlead -f -a '(__fairlead_complete)'
complete -c kubectl-fairlead -f -a '(__fairlead_complete)'
`

export const shells = { bash, zsh, fish } as const
export type Shell = keyof typeof shells
