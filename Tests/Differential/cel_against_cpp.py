#!/usr/bin/env python3
"""Random well-typed CEL expressions, evaluated by Google's C++ implementation and by ours.

    pip install cel-expr-python
    Tests/Differential/cel_against_cpp.py --count 100000 --seed 1 --command "belay eval --cases"

Writes the expressions with what the C++ implementation gave into a file in the conformance data's
encoding, runs the command over it and shows its failures. The same seed gives the same expressions.
Known differences are left out by construction or by `known`, each with its reason; docs/cel.md
lists them. Not part of the ordinary tests.
"""

import argparse
import base64
import collections
import json
import random
import re
import shlex
import subprocess
import sys
import tempfile

from cel_expr_python import cel
from cel_expr_python.ext import ext_bindings, ext_encoders, ext_math, ext_optional, ext_strings

VARIABLES = {
    "i": ("int", 7), "j": ("int", -3), "u": ("uint", 5), "d": ("double", 2.5), "b": ("bool", True),
    "s": ("string", "héllo wörld"), "t": ("string", "db-primary.eu-1"), "y": ("bytes", b"ab\xff"),
    "li": ("list(int)", [3, 1, 2, 3]), "ls": ("list(string)", ["a", "bb", "ç", ""]),
    "m": ("map(string, int)", {"a": 1, "bb": 2, "zero": 0}),
    "n": ("map(string, string)", {"env": "prod", "team": "db"}),
}
SMALL = ["0", "1", "2", "3", "-1", "7", "10", "-5", "4", "6"]
INTS = SMALL * 3 + ["100", "9223372036854775807", "-9223372036854775808", "0x1F",
                    "4611686018427387904"]
UINTS = ["0u", "1u", "2u", "7u", "100u", "3u"] * 3 + ["18446744073709551615u"]
DOUBLES = ["0.0", "1.0", "-1.5", "2.5", "1e10", "0.1", "-0.0", "1e308", "3.999", "1e-7", "123456.789"]
STRINGS = ["''", "'a'", "'abc'", "'héllo'", "'日本'", "'a,b,c'", "'-'", "'12'", "'true'", "'1.5'",
           "'e\\u0301'", "'😀x'", "'A b C'", "'  pad '", "'o'", "r'\\d'"]
BYTES = ["b''", "b'abc'", "b'\\xff'", "b'ab'", "b'日'"]
DURATIONS = ["duration('0s')", "duration('90m')", "duration('-1.5s')", "duration('36h')",
             "duration('1ms')", "duration('3661.5s')"]
TIMES = ["timestamp('2026-03-01T02:00:00Z')", "timestamp('1969-12-31T23:59:59.999Z')",
         "timestamp('2024-02-29T12:34:56.789Z')", "timestamp(0)", "timestamp('1900-01-01T00:00:00Z')",
         "timestamp('2100-03-01T00:00:00Z')"]
ZONES = ["'UTC'", "'Europe/Paris'", "'America/New_York'", "'+05:30'", "'-02:00'", "'Asia/Kathmandu'"]
PATTERNS = ["'a'", "'^h'", "'[a-z]+'", "'(a|b)+c?'", "'\\\\d'", "'.*'", "'l+o'"]
CIVIL = ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
         "getHours", "getMinutes", "getSeconds", "getMilliseconds"]


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.locals = []

    def pick(self, items):
        return self.random.choice(items)

    def expr(self, kind, depth):
        """An expression of the type, at most `depth` levels deep."""
        if depth <= 0 or self.random.random() < 0.08:
            return self.leaf(kind)
        forms = FORMS[kind]
        text = self.pick(forms)
        out, i = [], 0
        names = {}
        while i < len(text):
            if text[i] == "«":
                end = text.index("»", i)
                out.append(self.hole(text[i + 1:end], depth - 1, names))
                i = end + 1
            else:
                out.append(text[i])
                i += 1
        return "".join(out)

    def hole(self, spec, depth, names):
        """`kind`, `=v:kind` to declare a macro's variable, `v` to name it, `x|kind` scoped over it."""
        if spec.startswith("="):
            name = f"v{len(self.locals)}_{self.random.randrange(3)}"
            variable, kind = spec[1:].split(":")
            names[variable] = (name, kind)
            return name
        if "|" in spec:
            variables, kind = spec.split("|")
            added = [names[v] for v in variables.split(",")]
            self.locals += added
            inner = self.expr(kind, depth)
            del self.locals[len(self.locals) - len(added):]
            return inner
        if spec.startswith("%"):
            return self.pick(globals()[spec[1:]])
        return self.expr(spec, depth)

    def leaf(self, kind):
        options = [n for n, k in self.locals if k == kind]
        shadow = {n for n, _ in self.locals}
        options += [n for n, (k, _) in VARIABLES.items() if k == kind and n not in shadow] * 2
        options += LEAVES.get(kind, [])
        return self.pick(options)


LEAVES = {
    "int": INTS, "uint": UINTS, "double": DOUBLES, "bool": ["true", "false"], "string": STRINGS,
    "bytes": BYTES, "duration": DURATIONS, "timestamp": TIMES,
    "list(int)": ["[]", "[1, 2, 3]", "[0]", "[5, 5, -1]"],
    "list(string)": ["['x']", "['a', 'b']", "['']"],
    "map(string, int)": ["{'a': 1}", "{'k': 2, 'a': 0}"],
    "map(string, string)": ["{'env': 'x'}", "{'a': 'b', 'c': ''}"],
    "optional(int)": ["optional.none()", "optional.of(1)", "optional.of(2)"],
    "optional(string)": ["optional.none()", "optional.of('z')"],
    "any": ["dyn(1)", "dyn(1u)", "dyn(1.0)", "dyn('a')", "dyn(true)", "dyn(null)", "dyn([1])",
            "dyn({'a': 1})", "dyn(b'a')", "dyn(2)", "dyn(2.5)"],
}

FORMS = {
    "int": [
        "(«int» + «int»)", "(«int» - «int»)", "(«int» * «int»)", "(«int» / «int»)", "(«int» % «int»)",
        "-(«int»)", "size(«string»)", "«string».size()", "size(«list(int)»)", "size(«map(string, int)»)",
        "int(«uint»)", "int(«double»)", "int(string(«int»))", "int(«timestamp»)", "[4, 5, 6][«%SMALL»]", "«list(int)»[«int»]",
        "«map(string, int)»[«string»]", "m.bb", "(«bool» ? «int» : «int»)",
        "«timestamp».«%CIVIL»()", "«timestamp».«%CIVIL»(«%ZONES»)", "«duration».getHours()",
        "«duration».getMinutes()", "«duration».getSeconds()", "«string».indexOf(«string»)",
        "«string».lastIndexOf(«string»)", "math.abs(«int»)", "math.sign(«int»)",
        "math.greatest(«int», «int»)", "math.least([«int», «int», «int»])", "math.bitAnd(«int», «int»)",
        "math.bitOr(«int», «int»)", "math.bitXor(«int», «int»)", "math.bitNot(«int»)",
        "math.bitShiftLeft(«int», «int»)", "math.bitShiftRight(«int», «int»)",
        "cel.bind(«=x:int», «int», «x|int»)", "«optional(int)».orValue(«int»)", "«optional(int)».value()",
        "size(«bytes»)",
    ],
    "uint": [
        "(«uint» + «uint»)", "(«uint» - «uint»)", "(«uint» * «uint»)", "(«uint» / «uint»)",
        "(«uint» % «uint»)", "uint(«int»)", "uint(«double»)", "uint(string(«uint»))",
        "(«bool» ? «uint» : «uint»)", "math.bitAnd(«uint», «uint»)",
    ],
    "double": [
        "(«double» + «double»)", "(«double» - «double»)", "(«double» * «double»)",
        "(«double» / «double»)", "-(«double»)", "double(«int»)", "double(«uint»)", "double(string(«int»))",
        "math.ceil(«double»)", "math.floor(«double»)", "math.round(«double»)", "math.trunc(«double»)",
        "math.abs(«double»)", "math.sign(«double»)", "(«bool» ? «double» : «double»)",
    ],
    "bool": [
        "(«bool» && «bool»)", "(«bool» || «bool»)", "!«bool»", "(«int» < «int»)", "(«int» >= «int»)",
        "(«int» == «int»)", "(«uint» > «uint»)", "(«uint» != «uint»)", "(«double» <= «double»)",
        "(«double» == «double»)", "(«string» == «string»)", "(«string» != «string»)",
        "(«string» < «string»)", "(«string» >= «string»)", "(«bytes» == «bytes»)",
        "(«bytes» < «bytes»)", "(«list(int)» == «list(int)»)", "(«map(string, int)» == «map(string, int)»)",
        "(«duration» < «duration»)", "(«timestamp» < «timestamp»)", "(«timestamp» == «timestamp»)",
        "(«any» == «any»)", "(«any» != «any»)", "(«any» < «any»)", "(«any» >= «any»)",
        "(«int» in «list(int)»)", "(«string» in «list(string)»)", "(«string» in «map(string, int)»)",
        "(«any» in [«any», «any»])", "«string».contains(«string»)", "«string».startsWith(«string»)",
        "«string».endsWith(«string»)", "«string».matches(«%PATTERNS»)", "has(m.a)", "has(n.nope)",
        "«list(int)».all(«=x:int», «x|bool»)", "«list(int)».exists(«=x:int», «x|bool»)",
        "«list(string)».exists_one(«=x:string», «x|bool»)",
        "«map(string, int)».all(«=x:string», «x|bool»)", "bool(string(«bool»))",
        "(«bool» ? «bool» : «bool»)", "type(«any») == type(«any»)", "«optional(int)».hasValue()",
        "(«optional(int)» == «optional(int)»)", "math.isNaN(«double»)", "math.isInf(«double»)",
        "math.isFinite(«double»)", "(dyn(«int») < dyn(«double»))", "(dyn(«uint») == dyn(«double»))",
        "(dyn(«int») <= dyn(«uint»))", "cel.bind(«=x:string», «string», «x|bool»)",
    ],
    "string": [
        "(«string» + «string»)", "string(«int»)", "string(«uint»)", "string(«double»)",
        "string(«bool»)", "string(«bytes»)", "string(duration('«%SMALL»m'))", "ls[«%SMALL»]",
        "«map(string, string)»[«string»]", "n.env", "(«bool» ? «string» : «string»)",
        "«string».charAt(«%SMALL»)", "«string».lowerAscii()", "«string».upperAscii()",
        "«string».replace(«string», «string»)", "«string».replace(«string», «string», «int»)",
        "«string».substring(«%SMALL»)", "«string».substring(«int», «int»)", "«string».trim()",
        "«list(string)».join(«string»)", "«list(string)».join()", "base64.encode(«bytes»)",
        "'%s-%d'.format([«string», «int»])", "'%.2f|%e'.format([«double», «double»])",
        "'%x %X %o %b'.format([«int», «string», «int», «int»])", "'%s'.format([«list(int)»])",
        "strings.quote(«string»)", "«optional(string)».orValue(«string»)", "«string».reverse()",
        "'%s %s'.format([«map(string, int)», «bool»])",
    ],
    "bytes": ["(«bytes» + «bytes»)", "bytes(«string»)", "base64.decode(base64.encode(«bytes»))"],
    "duration": [
        "(«duration» + «duration»)", "(«duration» - «duration»)", "(«timestamp» - «timestamp»)",
        "duration(string(«%SMALL») + 's')",
    ],
    "timestamp": [
        "(«timestamp» + «duration»)", "(«timestamp» - «duration»)", "(«duration» + «timestamp»)",
        "timestamp(«%SMALL»)",
    ],
    "list(int)": [
        "[«int», «int»]", "(«list(int)» + «list(int)»)", "«list(int)».map(«=x:int», «x|int»)",
        "«list(int)».filter(«=x:int», «x|bool»)", "«list(int)».map(«=x:int», «x|bool», «x|int»)",
        "«list(string)».map(«=x:string», «x|int»)", "[?«optional(int)», «int»]",
        "(«bool» ? «list(int)» : «list(int)»)", "«map(string, int)».map(«=x:string», «x|int»)",
    ],
    "list(string)": [
        "[«string», «string»]", "(«list(string)» + «list(string)»)",
        "«list(string)».filter(«=x:string», «x|bool»)", "«string».split(«string»)",
        "«string».split(«string», «int»)", "«list(int)».map(«=x:int», «x|string»)",
    ],
    "map(string, int)": [
        "{«string»: «int»}", "{«string»: «int», «string»: «int»}", "{?«string»: «optional(int)»}",
        "(«bool» ? «map(string, int)» : «map(string, int)»)",
    ],
    "map(string, string)": ["{«string»: «string»}", "{'a': «string», 'b': «string»}"],
    "optional(int)": [
        "optional.of(«int»)", "optional.ofNonZeroValue(«int»)", "«map(string, int)».?a",
        "«map(string, int)»[?«string»]", "«list(int)»[?«int»]",
        "«optional(int)».or(«optional(int)»)", "«optional(int)».optMap(«=x:int», «x|int»)",
        "«optional(int)».optFlatMap(«=x:int», «x|optional(int)»)",
    ],
    "optional(string)": ["optional.of(«string»)", "«map(string, string)».?env"],
    "any": ["dyn(«int»)", "dyn(«double»)", "dyn(«string»)", "dyn(«list(int)»)", "dyn(«uint»)"],
}
RESULTS = ["int", "uint", "double", "bool", "bool", "bool", "string", "string", "bytes", "list(int)",
           "list(string)", "map(string, int)"]


def typed(value):
    """A result of the C++ implementation in the encoding of the conformance data."""
    name, plain = value.type().name(), value.value()
    if name == "NULL":
        return {"null": None}
    if name == "BOOL":
        return {"bool": plain}
    if name in ("INT", "UINT"):
        return {name.lower(): str(int(plain))}
    if name == "DOUBLE":
        text = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(repr(plain), repr(plain))
        return {"double": text}
    if name == "STRING":
        return {"string": plain}
    if name == "BYTES":
        return {"bytes": base64.b64encode(bytes(plain)).decode()}
    if name.startswith("LIST"):
        return {"list": [typed(item) for item in plain]}
    if name.startswith("MAP"):
        return {"map": [[{"string": k}, typed(v)] for k, v in plain.items()]}
    return None


def declared(kind):
    """The type as the C++ implementation names it."""
    names = {"int": cel.Type.INT, "uint": cel.Type.UINT, "double": cel.Type.DOUBLE,
             "bool": cel.Type.BOOL, "string": cel.Type.STRING, "bytes": cel.Type.BYTES}
    if kind.startswith("list"):
        return cel.Type.List(names[kind[5:-1]])
    if kind.startswith("map"):
        return cel.Type.Map(cel.Type.STRING, names[kind.split(", ")[1][:-1]])
    return names[kind]


def bound(kind, value):
    """A variable in the encoding of the conformance data."""
    if kind in ("int", "uint"):
        return {kind: str(value)}
    if kind == "double":
        return {"double": repr(value)}
    if kind == "bytes":
        return {"bytes": base64.b64encode(value).decode()}
    if kind.startswith("list"):
        return {"list": [bound(kind[5:-1], v) for v in value]}
    if kind.startswith("map"):
        return {"map": [[{"string": k}, bound(kind.split(", ")[1][:-1], v)] for k, v in value.items()]}
    return {kind: value}


def known(source, outcome):
    """Why a difference is to be expected here (docs/cel.md lists the reasons), else None."""
    text = outcome.get("error", "")
    if "iteration" in text.lower() or "recursion" in text.lower():
        return "a limit of the C++ implementation"
    if "<end> is greater than <string>.size()" in text:
        return "substring(start, size) is an error in the C++ implementation"
    if "nan" in json.dumps(outcome.get("value", "")):
        return "the sign of NaN in text"
    if re.search(r"string\(\(?.*/ -?0\.0|m\.map\(", source):
        return "NaN in text, or the order of a variable map's keys"
    return None


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--depth", type=int, default=4)
    arguments.add_argument("--command", default="belay eval --cases")
    arguments.add_argument("--keep", help="write the cases here and keep them")
    options = arguments.parse_args()

    generator = Generator(options.seed)
    environment = cel.NewEnv(
        variables={n: declared(k) for n, (k, _) in VARIABLES.items()},
        extensions=[ext_strings.ExtStrings(), ext_math.ExtMath(), ext_optional.ExtOptional(),
                    ext_encoders.ExtEncoders(), ext_bindings.ExtBindings()])
    data = {n: v for n, (_, v) in VARIABLES.items()}
    activation = environment.Activation(data)
    bindings = {n: bound(k, v) for n, (k, v) in VARIABLES.items()}
    declarations = [{"name": n, "type": k} for n, (k, _) in VARIABLES.items()]
    path = options.keep or tempfile.mkstemp(suffix=".jsonl")[1]
    written = errors = refused = 0
    skipped = collections.Counter()
    seen = set()
    with open(path, "w") as file:
        while written < options.count:
            kind = generator.pick(RESULTS)
            source = generator.expr(kind, options.depth)
            if source in seen:
                continue
            seen.add(source)
            try:
                program = environment.compile(source)
            except Exception as error:
                refused += 1
                if refused <= 3:
                    print("refused by the C++ checker:", source, str(error)[:200], file=sys.stderr)
                continue
            try:
                result = program.eval(activation)
            except RuntimeError as error:
                result = None
                outcome = {"error": str(error)}
            if result is None:
                errors += 1
            elif result.type().name() == "ERROR":
                outcome = {"error": str(result.value())}
                errors += 1
            else:
                try:
                    outcome = {"value": typed(result)}
                except UnicodeDecodeError:
                    continue
            reason = known(source, outcome)
            if reason:
                skipped[reason] += 1
                continue
            case = {
                "id": f"random/{options.seed}/{written}", "expr": source, "container": "",
                "disable_check": False, "check_only": False, "type_env": declarations,
                "bindings": bindings, "expect": outcome, "needs": [],
            }
            file.write(json.dumps(case) + "\n")
            written += 1
    print(f"{written} expressions of seed {options.seed} ({errors} give errors, "
          f"{refused} refused, {dict(skipped)} left out) in {path}")
    ended = subprocess.run(shlex.split(options.command) + [path])
    sys.exit(ended.returncode)


if __name__ == "__main__":
    main()
