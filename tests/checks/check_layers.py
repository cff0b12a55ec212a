"""Who may include whom: base < model < store < (source, face, demo) < app < main, and outside headers stay in their place."""

import re
import unittest

import source
import tap

RANK = {"base": 0, "model": 1, "store": 2, "source": 3, "face": 3, "demo": 3, "app": 4, "main": 5}

# An outside header, and where it may be included.
CONTAINED = {
    r"(n?cursesw?|term|panel|menu|form)\.h": r"src/face/tui/term\.c",
    r"idn2\.h": r"src/model/idn\.c",
    r"ini\.h": r"src/base/ini\.c",
    r"curl/.*": r"src/(source/(poll|prometheus)/.*|face/alert_webhook\.c)",
    r"microhttpd\.h": r"src/(demo/.*|face/metrics_http\.c)",
    r"stdatomic\.h": r"(src|include)/store/.*",
}
THIRD_PARTY = r"((n?cursesw?|term|panel|ini|idn2|jansson|microhttpd|cmocka)\.h|curl/.*|openssl/.*)"


def room(name):
    return name.split("/")[0].removesuffix(".c").removesuffix(".h")


def graph(name_of=source.module):
    """What includes what, by the project's own headers: modules, or with another name_of headers alone."""
    edges = {}
    for path in source.files():
        mine = name_of(path)
        for _, system, name in source.includes(path):
            other = name.removesuffix(".h")
            if not system and other != mine:
                edges.setdefault(mine, set()).add(other)
    return edges


def cycles(edges):
    """Groups of modules that include one another, by Tarjan's algorithm."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(edges.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


class Layers(unittest.TestCase):
    def test_rooms_include_only_rooms_below(self):
        wrong = []
        for path in source.files():
            mine = room(source.module(path))
            self.assertIn(mine, RANK, f"{path} is in no room of the house")
            for line, system, name in source.includes(path):
                other = room(name)
                if not system and other != mine and RANK.get(other, 9) >= RANK[mine]:
                    wrong.append(f"{path}:{line}: {mine} may not include {name}")
        self.assertEqual(wrong, [])

    def test_no_header_includes_itself_by_way_of_others(self):
        self.assertEqual(cycles(graph(lambda path: source.module(path) + ("" if path.endswith(".h") else ".c"))), [])

    def test_no_module_includes_itself_by_way_of_others(self):
        # A header without a source is what the files of one subject share: part of each of them.
        own = {source.module(path) for path in source.files() if path.endswith(".c")}
        edges = {name: others & own for name, others in graph().items() if name in own}
        self.assertEqual(cycles(edges), [])

    def test_outside_headers_stay_where_they_belong(self):
        wrong = []
        for path in source.files():
            for line, system, name in source.includes(path):
                for header, place in CONTAINED.items():
                    if system and re.fullmatch(header, name) and not re.fullmatch(place, path):
                        wrong.append(f"{path}:{line}: <{name}> is for {place} alone")
        self.assertEqual(wrong, [])

    def test_no_header_includes_a_library(self):
        wrong = [f"{path}:{line}: <{name}>" for path in source.files() if path.endswith(".h")
                 for line, system, name in source.includes(path) if system and re.fullmatch(THIRD_PARTY, name)]
        self.assertEqual(wrong, [])


tap.main()
