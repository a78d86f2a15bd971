// contact-ledger completion: prints a script with which a shell completes commands, options and their values.
import { Argument, type Command } from 'commander';
import { print } from './terminal.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

export function defineCompletion(program: Command): void {
  program
    .command('completion')
    .description('print a script that lets a shell complete commands, options and their values')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addHelpText(
      'after',
      '\nExamples:\n  bash: source <(contact-ledger completion bash)\n  zsh:  source <(contact-ledger completion zsh)\n' +
        '  fish: contact-ledger completion fish | source',
    )
    .action((shell: Shell) => print(scripts[shell](wordsOf(program))));
}

/** What may follow: the words typed so far that are commands → what fits there. */
interface Words {
  path: string;
  /** Commands, values of an argument, options. */
  words: string[];
  /** Values of an option, by its name. */
  values: Map<string, readonly string[]>;
  /** Options that are followed by a file or a folder. */
  files: string[];
  /** Options that are followed by a value that nobody can guess. */
  free: string[];
}

function wordsOf(command: Command, path: string[] = []): Words[] {
  const options = [...command.options, ...(command.parent ? globalOptions(command) : [])];
  const followed = options.filter((option) => (option.required || option.optional) && !option.argChoices);
  const own: Words = {
    path: path.join(' '),
    words: [
      ...command.commands.map((sub) => sub.name()),
      ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
      ...options.map((option) => option.long!),
      '--help',
    ],
    values: new Map(
      options.flatMap((option) => (option.argChoices ? [[option.long!, option.argChoices]] : [])),
    ),
    files: followed.filter(({ flags }) => isPath.test(flags)).map((option) => option.long!),
    free: followed.filter(({ flags }) => !isPath.test(flags)).map((option) => option.long!),
  };
  return [own, ...command.commands.flatMap((sub) => wordsOf(sub, [...path, sub.name()]))];
}

function globalOptions(command: Command): Command['options'] {
  let root = command;
  while (root.parent) root = root.parent;
  return [...root.options];
}

const isPath = /<(file|folder|path)/;
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** One function for bash and zsh: finds the commands among the words, then what fits after them. */
function cases(table: readonly Words[]): string {
  return table
    .map(({ path, words, values, files, free }) => {
      const inner = [
        ...[...values].map(([option, choices]) => `      ${option}) words=${quote(choices.join(' '))} ;;`),
        ...(files.length > 0 ? [`      ${files.join('|')}) words='' files=1 ;;`] : []),
        ...(free.length > 0 ? [`      ${free.join('|')}) words='' ;;`] : []),
        `      *) words=${quote(words.join(' '))} files=2 ;;`,
      ];
      return `    ${quote(path)})\n      case "$previous" in\n${inner.join('\n')}\n      esac ;;`;
    })
    .join('\n');
}

function bash(table: readonly Words[]): string {
  const commands = table.filter(({ path }) => path !== '').map(({ path }) => quote(path));
  return `# bash completion of contact-ledger: source <(contact-ledger completion bash)
_contact_ledger() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}" path='' words='' files='' word next
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD - 1}"; do
    next="\${path:+$path }$word"
    case "$next" in ${commands.join('|')}) path="$next" ;; esac
  done
  case "$path" in
${cases(table)}
  esac
  # 1: a file and nothing else; 2: what is known, and files where nothing of it fits.
  if [ "$files" != 1 ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi
  if [ -n "$files" ] && [ \${#COMPREPLY[@]} -eq 0 ]; then COMPREPLY=($(compgen -f -- "$current")); fi
}
complete -o filenames -F _contact_ledger contact-ledger`;
}

function zsh(table: readonly Words[]): string {
  const commands = table.filter(({ path }) => path !== '').map(({ path }) => quote(path));
  return `#compdef contact-ledger
# zsh completion of contact-ledger: source <(contact-ledger completion zsh)
_contact_ledger() {
  local previous="\${words[CURRENT-1]}" route='' fitting='' files='' word next
  for word in "\${(@)words[2,CURRENT-1]}"; do
    next="\${route:+$route }$word"
    case "$next" in ${commands.join('|')}) route="$next" ;; esac
  done
  case "$route" in
${cases(table).replaceAll('words=', 'fitting=')}
  esac
  # 1: a file and nothing else; 2: what is known, and files where nothing of it fits.
  if [[ "$files" != 1 ]] && compadd -- \${=fitting}; then return; fi
  if [[ -n "$files" ]]; then _files; fi
}
compdef _contact_ledger contact-ledger`;
}

function fish(table: readonly Words[]): string {
  const seen = (path: string): string =>
    path === ''
      ? '__fish_use_subcommand'
      : path
          .split(' ')
          .map((word) => `__fish_seen_subcommand_from ${word}`)
          .join('; and ');
  const lines = table.flatMap(({ path, words, values, files, free }) => {
    const followedBy = (word: string) => (files.includes(word) ? ' -r -F' : free.includes(word) ? ' -x' : '');
    return words.map((word) => {
      const when = `-n ${quote(seen(path))}`;
      if (!word.startsWith('--')) return `complete -c contact-ledger ${when} -f -a ${quote(word)}`;
      const choices = values.get(word);
      const value = choices ? ` -x -a ${quote(choices.join(' '))}` : followedBy(word);
      return `complete -c contact-ledger ${when} -l ${word.slice(2)}${value}`;
    });
  });
  return ['# fish completion of contact-ledger: contact-ledger completion fish | source', ...lines].join(
    '\n',
  );
}

const scripts: Record<Shell, (table: readonly Words[]) => string> = { bash, zsh, fish };
