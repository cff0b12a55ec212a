"""The program's tables as it prints them, and what is made of them: lists of the man pages, completions of the shells."""

import os
import re
from dataclasses import dataclass

from program import ROOT, run

DIST = os.path.join(ROOT, "src", "dist")
# What follows an option that takes one, where it is no free text.
FILES = {"FILE", "DIR"}


def printed(*arguments):
    done = run(*arguments)
    if done.returncode:
        raise AssertionError(f"webmon {' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return done.stdout.splitlines()


@dataclass
class Option:
    letter: str
    name: str
    argument: str
    help: str


@dataclass
class Setting:
    scope: str
    part: str
    name: str
    form: str
    help: str


def modes():
    """(name, arguments, help) of each."""
    found = (re.match(r"  webmon (\w+) +(\S.*?)?  +(\S.*)$", line) for line in printed("--help"))
    return [(m[1], m[2] or "", m[3]) for m in found if m]


def options():
    found = (re.match(r"  (?:-(\w),|   ) --([a-z-]+)(?: (\S+))?(?:  +| (?=\S))(.*)$", line) for line in printed("--help"))
    return [Option(m[1] or "", m[2], m[3] or "", m[4]) for m in found if m]


def settings():
    """The options of the configuration, with the section and the part of it in which they are listed."""
    found, scope, part = [], "", ""
    for line in printed("--options"):
        if line.startswith("["):
            scope = line
        elif re.match(r"  \S", line):
            part = line.strip()
        elif re.match(r"    \S", line):
            name, rest = line.split()[0], line[21:]
            # a form that is wider than its column stands one blank before the text
            form, text = (rest[:25].rstrip(), rest[26:]) if rest[25:26] == " " else rest.split(" ", 1)
            found.append(Setting(scope, part, name, form, text.strip()))
        elif line.strip():
            found[-1].help += " " + line.strip()
    return found


def keys():
    """(heading, [(action, keys, help, where)])."""
    found = []
    for line in printed("--keys"):
        if re.match(r"\w+:$", line):
            found.append((line[:-1], []))
        elif line.strip():
            # a name as wide as its column stands one blank before the keys
            found[-1][1].append([line[2:18].strip(), *re.split(r"\s{2,}", line[19:].strip(), maxsplit=2)])
    return found


def choices(option):
    """The words that an option takes, by what the program says of a wrong one; none where it takes any."""
    if not option.argument or option.argument in FILES or option.letter == "H":
        return []
    said = run("check", f"--{option.name}", "?", "http://localhost/").stderr
    match = re.search(r"must be (?:one of )?([\w, .-]+?);? got", said) if "must be" in said else None
    words = re.split(r", | or ", match[1]) if match else []
    return words if len(words) > 1 and all(re.fullmatch(r"[\w.-]+", word) for word in words) else []


# ---- man pages ----


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("\u2014", "\\(em")
    text = re.sub(r"(?<![\w/])'|'(?![\w])", "\\\\(aq", text).replace("`", "\\(ga")
    return "\\&" + text if text[:1] in (".", "'") else text


def quoted(text):
    return '"' + roff(text).replace('"', "\\(dq") + '"'


def man_modes():
    return [line for name, arguments, text in modes()
            for line in (".TP", f".B webmon {name}" + (f"\\fR {roff(arguments)}" if arguments else ""), roff(sentence(text)))]


def sentence(text):
    return text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")


def man_options():
    lines = []
    for option in options():
        names = f"\\-{option.letter}\\fR, \\fB" if option.letter else ""
        value = f"\\fR \\fI{roff(option.argument)}" if option.argument else ""
        lines += [".TP", f"\\fB{names}\\-\\-{roff(option.name)}{value}\\fR", roff(sentence(option.help))]
    return lines


def man_settings():
    lines, scope, part = [], "", ""
    for setting in settings():
        if setting.scope != scope:
            lines.append(f".SH {quoted(setting.scope)}")
            scope, part = setting.scope, ""
        if setting.part != part:
            lines.append(f".SS {quoted(setting.part)}")
            part = setting.part
        lines += [".TP", f"\\fB{roff(setting.name)}\\fR = \\fI{roff(setting.form)}\\fR", roff(sentence(setting.help))]
    return lines


def man_keys():
    lines = []
    for heading, actions in keys():
        lines.append(f".SS {quoted(heading)}")
        for action, pressed, text, where in actions:
            lines += [".TP", f"\\fB{roff(pressed)}\\fR ({roff(action)})", roff(sentence(text)) + f"  {roff(sentence(where))}"]
    return lines


BLOCKS = {"commands": man_modes, "options": man_options, "settings": man_settings, "keys": man_keys}
MARK = re.compile(r'(\.\\" webmon: (\w+)\n)(.*?)(\.\\" end\n)', re.S)


def fill_man(text):
    return MARK.sub(lambda m: m[1] + "\n".join(BLOCKS[m[2]]()) + "\n" + m[4], text)


# ---- completions ----


def words(items):
    return " ".join(items)


def bash():
    flags, takes_file, cases = [], [], []
    for option in options():
        names = [f"-{option.letter}"] * bool(option.letter) + [f"--{option.name}"]
        flags += names
        if option.argument in FILES:
            takes_file += names
        elif choices(option):
            cases.append(f"\t{'|'.join(names)})\n\t\tmapfile -t COMPREPLY < <(compgen -W '{words(choices(option))}' -- \"$word\")\n"
                         "\t\treturn ;;")
        elif option.name == "option":
            cases.append(f"\t{'|'.join(names)})\n\t\tmapfile -t COMPREPLY < <(compgen -S = -W '{words(assignable())}' -- \"$word\")\n"
                         "\t\tcompopt -o nospace 2>/dev/null\n\t\treturn ;;")
        elif option.name == "theme":
            cases.append("\t--theme)\n\t\tmapfile -t COMPREPLY < <(compgen -f -W \"$(webmon --list-themes 2>/dev/null |\n"
                         "\t\t\tcut -d ' ' -f 1)\" -- \"$word\")\n\t\treturn ;;")
        elif option.argument:
            cases.append(f"\t{'|'.join(names)})\n\t\treturn ;;")
    return "\n".join([
        "# bash completion of webmon, made by `make readme` from the program's own tables", "",
        "_webmon()", "{", "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}", "\tCOMPREPLY=()",
        '\tcase $before in', f"\t{'|'.join(takes_file)})", '\t\tmapfile -t COMPREPLY < <(compgen -f -- "$word")',
        "\t\tcompopt -o filenames 2>/dev/null", "\t\treturn ;;", *cases, "\tesac", "\tif [[ $word == -* ]]; then",
        f"\t\tmapfile -t COMPREPLY < <(compgen -W '{words(flags)}' -- \"$word\")",
        "\telif ((COMP_CWORD == 1)); then",
        f"\t\tmapfile -t COMPREPLY < <(compgen -W '{words(name for name, _, _ in modes())}' -- \"$word\")",
        "\telif [[ ${COMP_WORDS[1]} == view || ${COMP_WORDS[1]} == replay ]]; then",
        '\t\tmapfile -t COMPREPLY < <(compgen -f -- "$word")', "\t\tcompopt -o filenames 2>/dev/null", "\tfi", "}", "",
        "complete -F _webmon webmon", ""])


def assignable():
    """What --option sets: all but what is each target's own."""
    return sorted({s.name for s in settings() if s.scope == "[webmon]" or s.scope.startswith("[defaults]")} - {"url", "name"})


def zsh_text(text):
    return re.sub(r"([\[\]:'])", lambda m: {"'": "'\\''"}.get(m[1], "\\" + m[1]), text)


def zsh():
    lines = []
    for option in options():
        name, letter = f"--{option.name}", f"-{option.letter}"
        head = f"'({letter} {name})'{{{letter},{name}}}'" if option.letter else f"'{name}"
        if option.letter in ("H", "o"):
            head = f"'*'{{{letter},{name}}}'"
        value = ""
        if option.argument in FILES:
            value = f":{option.argument}:_files" + (" -/" if option.argument == "DIR" else "")
        elif option.name == "option":
            value = f":option:compadd -S = -- {words(assignable())}"
        elif option.name == "theme":
            value = ":theme:_webmon_themes"
        elif option.argument:
            value = f":{zsh_text(option.argument)}:" + (f"({words(choices(option))})" if choices(option) else "")
        lines.append(f"\t{head}[{zsh_text(option.help)}]{value}'")
    commands = [f"\t\t'{name}:{zsh_text(text)}'" for name, _, text in modes()]
    return "\n".join([
        "#compdef webmon", "# zsh completion of webmon, made by `make readme` from the program's own tables", "",
        "_webmon_themes() {", "\tlocal -a themes", "\tthemes=(${${(f)\"$(webmon --list-themes 2>/dev/null)\"}%% *})",
        "\tcompadd -a themes", "\t_files", "}", "", "_webmon_words() {", "\tlocal -a commands=(", *commands, "\t)",
        "\tif ((CURRENT == 2)); then", "\t\t_describe command commands", "\telif [[ $words[2] == (view|replay) ]]; then",
        "\t\t_files", "\tfi", "}", "", "_arguments -s -S \\", *(line + " \\" for line in lines), "\t'*:word:_webmon_words'", ""])


def fish_text(text):
    return text.replace("\\", "\\\\").replace("'", "\\'")


def fish():
    lines = ["# fish completion of webmon, made by `make readme` from the program's own tables", "",
             "complete -c webmon -f",
             "complete -c webmon -n '__fish_seen_subcommand_from view replay' -F"]
    for name, _, text in modes():
        lines.append(f"complete -c webmon -n __fish_use_subcommand -a {name} -d '{fish_text(text)}'")
    for option in options():
        line = "complete -c webmon" + (f" -s {option.letter}" if option.letter else "") + f" -l {option.name}"
        if option.argument in FILES:
            line += " -r -F"
        elif option.name == "option":
            line += f" -x -a '{words(name + '=' for name in assignable())}'"
        elif option.name == "theme":
            line += " -r -F -a '(webmon --list-themes 2>/dev/null | string split -f 1 \" \")'"
        elif option.argument:
            line += " -x" + (f" -a '{words(choices(option))}'" if choices(option) else "")
        lines.append(f"{line} -d '{fish_text(option.help)}'")
    return "\n".join(lines) + "\n"


def generated():
    """What each file that is made from the tables should hold: {path: text}."""
    found = {os.path.join(DIST, "completion", "webmon.bash"): bash(), os.path.join(DIST, "completion", "_webmon"): zsh(),
             os.path.join(DIST, "completion", "webmon.fish"): fish()}
    for name in sorted(os.listdir(os.path.join(DIST, "man"))):
        path = os.path.join(DIST, "man", name)
        with open(path, encoding="utf-8") as file:
            found[path] = fill_man(file.read())
    return found
