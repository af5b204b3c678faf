# SPDX-License-Identifier: Apache-2.0
"""Makes modules of the shapes that binaryen's generator leaves out.

Blocks with parameters and several results, values below those that a branch takes, br_table
with values, many parameters and results, deep operand stacks, code that is never reached.
The modules are valid, end soon, and keep NaNs out of what can be seen, as differential.py
says. Functions call only later ones, and `fuel` runs out in loops.
"""
import struct

I32, I64, F32, F64 = 0x7F, 0x7E, 0x7D, 0x7C
TYPES = (I32, I64, F32, F64)
FUEL = 300
LOGS = 4  # imported functions, one for each of TYPES
END, ELSE, BR, BR_IF, BR_TABLE, RETURN = b"\x0b", b"\x05", b"\x0c", b"\x0d", b"\x0e", b"\x0f"
BLOCK, LOOP, IF = 0x02, 0x03, 0x04
NUMBERS = [0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 127, 128, 255, 65535, 1 << 16, (1 << 31) - 1,
           1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2147483648.0, -2147483649.0, 4294967296.0,
          9223372036854775808.0, 18446744073709551616.0, 1e30, -1e-30, float("inf"),
          float("-inf")]
NAN = float("nan")


def uleb(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value])


def sleb(value):
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out) + bytes([value & 0x7F])


def signed(value, bits):
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def constant(kind, value):
    if kind == I32:
        return b"\x41" + sleb(signed(value, 32))
    if kind == I64:
        return b"\x42" + sleb(signed(value, 64))
    return b"\x43" + struct.pack("<f", value) if kind == F32 else b"\x44" + struct.pack("<d", value)


def operators():
    """(code, operands, result) of what is not memory or control."""
    found = []
    for code in range(0x45, 0xC5):
        if code in (0x45, 0x50):
            found.append((code, (I32 if code == 0x45 else I64,), I32))
        elif 0x46 <= code <= 0x66:
            kind = I32 if code < 0x50 else I64 if code < 0x5B else F32 if code < 0x61 else F64
            found.append((code, (kind, kind), I32))
    found += [(0x67 + i, (I32,) if i < 3 else (I32, I32), I32) for i in range(18)]
    found += [(0x79 + i, (I64,) if i < 3 else (I64, I64), I64) for i in range(18)]
    found += [(0x8B + i, (F32,) if i < 7 else (F32, F32), F32) for i in range(14)]
    found += [(0x99 + i, (F64,) if i < 7 else (F64, F64), F64) for i in range(14)]
    conversions = [(I64, I32), (F32, I32), (F32, I32), (F64, I32), (F64, I32), (I32, I64),
                   (I32, I64), (F32, I64), (F32, I64), (F64, I64), (F64, I64), (I32, F32),
                   (I32, F32), (I64, F32), (I64, F32), (F64, F32), (I32, F64), (I32, F64),
                   (I64, F64), (I64, F64), (F32, F64), (F32, I32), (F64, I64), (I32, F32),
                   (I64, F64), (I32, I32), (I32, I32), (I64, I64), (I64, I64), (I64, I64)]
    found += [(0xA7 + i, (a,), b) for i, (a, b) in enumerate(conversions)]
    return found


OPERATORS = operators()
COMPARISONS = [op for op in OPERATORS if op[2] == I32 and 0x45 <= op[0] <= 0x66]
LOADS = list(zip(range(0x28, 0x36), (I32, I64, F32, F64) + (I32,) * 4 + (I64,) * 6))
STORES = list(zip(range(0x36, 0x3F), (I32, I64, F32, F64, I32, I32, I64, I64, I64)))


class Frame:
    def __init__(self, label, results, height):
        self.label, self.results, self.height = label, results, height


class Function:
    """One body. `stack` has the types of the operands; a frame owns those above its height."""

    def __init__(self, module, index):
        self.module, self.numbers, self.index = module, module.numbers, index
        self.params, self.results = module.types[module.funcs[index]]
        self.locals = list(self.params) + module.types_up_to(24)
        self.scratch = len(self.locals)  # one local of each type, for quieting NaNs
        self.code, self.stack = bytearray(), []
        self.frames = [Frame(self.results, self.results, 0)]
        self.budget = self.numbers.choice([20, 100, 300, 600])

    def body(self):
        self.burn()
        self.sequence(0, self.budget)
        groups = b"".join(uleb(1) + bytes([kind])
                          for kind in self.locals[len(self.params):] + list(TYPES))
        count = len(self.locals) - len(self.params) + len(TYPES)
        return uleb(count) + groups + bytes(self.code) + END

    def emit(self, *parts):
        for part in parts:
            self.code += bytes([part]) if isinstance(part, int) else part

    # ---- Operands ----

    def push_simple(self, kind):
        choice = self.numbers.random()
        places = [i for i, t in enumerate(self.locals) if t == kind]
        if choice < 0.55 and places:
            self.emit(0x20, uleb(self.numbers.choice(places)))
        elif choice < 0.65:
            self.emit(0x23, uleb(1 + TYPES.index(kind)))
        else:
            self.emit(constant(kind, self.value(kind)))
        self.stack.append(kind)

    def value(self, kind):
        is_integer = kind in (I32, I64)
        if self.numbers.random() < 0.6:
            return self.numbers.choice(NUMBERS if is_integer else FLOATS)
        return self.numbers.getrandbits(64) if is_integer else self.numbers.uniform(-1e9, 1e9)

    def available(self):
        return self.stack[self.frames[-1].height:]

    def need(self, kinds):
        """Has operands of these types on top, those that are there or new ones."""
        kinds = list(kinds)
        if kinds and (self.available()[-len(kinds):] != kinds or self.numbers.random() < 0.1):
            for kind in kinds:
                self.push_simple(kind)

    def replace(self, count, results):
        del self.stack[len(self.stack) - count:]
        self.stack += results

    def quiet(self, kind):
        """A NaN on top becomes 0; by way of a comparison whose outcome is in flags."""
        if kind in (F32, F64):
            local = uleb(self.scratch + TYPES.index(kind))
            self.emit(0x22, local, constant(kind, 0.0), 0x20, local, 0x20, local,
                      0x5B if kind == F32 else 0x61, 0x1B)

    def burn(self):
        """Traps when there is no fuel."""
        self.emit(0x23, uleb(0), constant(I32, 1), 0x6B, 0x24, uleb(0))
        self.emit(0x23, uleb(0), constant(I32, 0), 0x48, IF, 0x40, 0x00, END)

    # ---- Plain instructions ----

    def operate(self):
        code, operands, result = self.numbers.choice(OPERATORS)
        self.need(operands)
        if operands[-1] in (F32, F64) and self.numbers.random() < 0.1:
            self.emit(0x1A, constant(operands[-1], NAN))
        elif 0x6D <= code <= 0x70 or 0x7F <= code <= 0x82:  # seldom by zero
            self.emit(constant(result, 1), 0x72 if result == I32 else 0x84)
        if 0xA8 <= code <= 0xB1 and code not in (0xAC, 0xAD) and self.numbers.random() < 0.9:
            self.emit(0xFC, uleb(code - 0xA8 if code < 0xAC else code - 0xAA))
        else:
            self.emit(code)
        self.replace(len(operands), [result])
        self.quiet(result)

    def condition(self):
        """An i32 on top, often of a comparison just before."""
        if self.numbers.random() < 0.3:
            self.need([I32])
            return
        code, operands, _ = self.numbers.choice(COMPARISONS)
        self.need(operands)
        if operands[-1] in (F32, F64) and self.numbers.random() < 0.3:
            self.emit(0x1A, constant(operands[-1], NAN))
        self.emit(code, b"\x45" * self.numbers.choice([0, 0, 1, 2]))
        self.replace(len(operands), [I32])

    def select(self):
        kind = self.numbers.choice(TYPES)
        self.need([kind, kind])
        self.condition()
        if self.stack[-3:] != [kind, kind, I32] or len(self.available()) < 3:
            return
        self.emit(b"\x1b" if self.numbers.random() < 0.7 else bytes([0x1C, 1, kind]))
        self.replace(3, [kind])

    def set_local(self):
        if not self.locals:
            return
        local = self.numbers.randrange(len(self.locals))
        self.need([self.locals[local]])
        is_set = self.numbers.random() < 0.6
        self.emit(0x21 if is_set else 0x22, uleb(local))
        if is_set:
            self.stack.pop()

    def set_global(self):
        kind = self.numbers.choice(TYPES)
        self.need([kind])
        self.emit(0x24, uleb(1 + TYPES.index(kind)))
        self.stack.pop()

    def address(self):
        if self.numbers.random() < 0.97:
            self.emit(constant(I32, 0xFFF), 0x71)

    def memory_argument(self):
        return uleb(0) + uleb(self.numbers.choice([0, 0, 1, 8, 127, 128, 60000, 60000]))

    def load(self):
        code, kind = self.numbers.choice(LOADS)
        self.need([I32])
        self.address()
        self.emit(code, self.memory_argument())
        self.replace(1, [kind])
        self.quiet(kind)

    def store(self):
        code, kind = self.numbers.choice(STORES)
        self.need([I32])
        self.address()
        self.push_simple(kind)
        self.emit(code, self.memory_argument())
        self.replace(2, [])

    def bulk(self):
        self.need([I32])
        self.address()
        self.push_simple(I32)
        self.address()
        self.push_simple(I32)
        self.address()
        self.emit(self.numbers.choice([b"\xfc\x0a\0\0", b"\xfc\x0b\0"]))
        self.replace(3, [])

    def size(self):
        self.need([I32])
        self.emit(constant(I32, 0), 0x71, 0x40, 0)  # memory.grow by nothing

    def drop(self):
        if self.available():
            self.emit(0x1A)
            self.stack.pop()

    def log(self):
        kind = self.numbers.choice(TYPES)
        self.need([kind])
        self.emit(0x10, uleb(TYPES.index(kind)))
        self.stack.pop()

    def call(self):
        later = range(self.index + 1, len(self.module.funcs))
        if not later:
            return
        callee = self.numbers.choice(later)
        params, results = self.module.types[self.module.funcs[callee]]
        self.need(params)
        if self.numbers.random() < 0.5:
            self.emit(0x10, uleb(LOGS + callee))
        else:
            self.emit(constant(I32, callee + (self.numbers.random() < 0.03)))
            self.emit(0x11, uleb(LOGS + self.module.funcs[callee]), 0)
        self.replace(len(params), results)

    # ---- Control ----

    def branch_target(self):
        depth = self.numbers.randrange(len(self.frames))
        return depth, self.frames[-1 - depth].label

    def br_if(self):
        depth, label = self.branch_target()
        self.burn()
        self.need(label)
        self.condition()
        if self.stack[len(self.stack) - 1 - len(label):-1] == list(label) and \
                len(self.available()) > len(label):
            self.emit(BR_IF, uleb(depth))
            self.stack.pop()

    def leave(self):
        """A branch always taken; what follows is not reached."""
        depth, label = self.branch_target()
        self.burn()
        self.need(label)
        choice = self.numbers.random()
        if choice < 0.4:
            self.emit(BR, uleb(depth))
        elif choice < 0.9:
            alike = [i for i in range(len(self.frames)) if self.frames[-1 - i].label == label]
            targets = self.numbers.choices(alike, k=self.numbers.randrange(1, 9))
            self.push_simple(I32)
            self.stack.pop()
            self.emit(constant(I32, 7), 0x71, BR_TABLE, uleb(len(targets) - 1),
                      *map(uleb, targets))
        else:
            self.need(self.results)
            self.emit(RETURN)
        for _ in range(self.numbers.randrange(3)):
            self.emit(self.numbers.choice([b"\x6a\x1a", b"\x02\x40\x0b", b"\x03\x40\x0c\0\x0b",
                                           b"\x0e\1\0\0", b"\x1b\x1a", b"\x04\x40\x05\x0b"]))

    def block(self):
        kind = self.numbers.choice([BLOCK, LOOP, IF])
        type_index = self.numbers.randrange(len(self.module.types))
        params, results = self.module.types[type_index]
        if len(self.frames) > 6 or len(params) + len(results) > 8:
            return
        self.need(params)
        if kind == IF:
            self.condition()
            if self.stack[-1 - len(params):-1] != list(params) or \
                    len(self.available()) <= len(params):
                return
            self.stack.pop()
        self.emit(kind, sleb(LOGS + type_index))
        self.frames.append(Frame(params if kind == LOOP else results, results,
                                 len(self.stack) - len(params)))
        if kind == LOOP:
            self.burn()
        self.sequence(0.1)
        if kind == IF:
            self.emit(ELSE)
            self.stack = self.stack[:self.frames[-1].height] + list(params)
            self.sequence(0.1)
        self.emit(END)
        self.stack = self.stack[:self.frames[-1].height] + list(results)
        self.frames.pop()

    ACTIONS = ([operate] * 10 + [set_local] * 5 + [select] * 3 + [load] * 2 + [store] * 2 +
               [br_if] * 4 + [block] * 5 + [call] * 2 + [log, log, set_global, bulk, size, drop])

    def sequence(self, leaving, most=14):
        """Instructions up to the frame's end, with its results on the stack there."""
        for _ in range(self.numbers.randrange(2, most)):
            if self.budget <= 0:
                break
            self.budget -= 1
            self.numbers.choice(self.ACTIONS)(self)
        if self.numbers.random() < leaving:
            self.leave()
            return
        results = list(self.frames[-1].results)
        if self.available() == results:
            return
        if self.numbers.random() < 0.5 and list(self.frames[-1].label) == results:
            self.need(results)
            if self.available() != results:
                self.emit(BR, uleb(0))
            return
        while self.available():
            self.drop()
        self.need(results)


class Module:
    def __init__(self, numbers):
        self.numbers = numbers
        self.types = [((), ())] + [(tuple(self.types_up_to(numbers.choice([3, 20]))),
                                    tuple(self.types_up_to(numbers.choice([1, 2, 6]))))
                                   for _ in range(8)]
        self.funcs = [numbers.randrange(len(self.types)) for _ in range(6)]

    def types_up_to(self, most):
        kinds = self.numbers.choice([TYPES, TYPES, (I32, I64), (F32, F64)])
        return self.numbers.choices(kinds, k=self.numbers.randrange(most + 1))

    def sum_of_memory(self):
        """Logs a checksum of memory, and the globals; refills the fuel."""
        return (b"\x02\1\x7f\1\x7e" b"\x03\x40" b"\x20\1\x42\x1f\x7e\x20\0\x29\3\0\x7c\x21\1"
                b"\x20\0\x41\x08\x6a\x22\0\x41\x80\x80\4\x49\x0d\0\x0b" b"\x20\1\x10\1" +
                b"".join(bytes([0x23, 1 + i, 0x10, i]) for i in range(len(TYPES))) +
                constant(I32, FUEL) + b"\x24\0\x0b")

    def encode(self):
        funcs = range(len(self.funcs))
        check = LOGS + len(self.funcs)
        signatures = [((kind,), ()) for kind in TYPES] + self.types
        names = (b"log-i32", b"log-i64", b"log-f32", b"log-f64")
        imports = [string(b"fuzzing-support") + string(name) + b"\0" + uleb(i)
                   for i, name in enumerate(names)]
        global_kinds = [I32, *TYPES]
        values = [FUEL, 5, 6, 7.0, 8.0]
        global_entries = [bytes([kind, 1]) + constant(kind, value) + END
                          for kind, value in zip(global_kinds, values)]
        exports = []
        for i in funcs:
            exports += [string(b"f%d" % i) + b"\0" + uleb(LOGS + i),
                        string(b"check%d" % i) + b"\0" + uleb(check)]
        bodies = [Function(self, i).body() for i in funcs] + [self.sum_of_memory()]
        elements = [b"\0\x41\0\x0b" + vector([uleb(LOGS + i) for i in funcs])]
        sections = [
            (1, vector([b"\x60" + vector([bytes([t]) for t in p]) +
                        vector([bytes([t]) for t in r]) for p, r in signatures])),
            (2, vector(imports)),
            (3, vector([uleb(LOGS + t) for t in self.funcs] + [uleb(LOGS)])),
            (4, vector([b"\x70\0" + uleb(len(self.funcs))])),
            (5, vector([b"\0\1"])),
            (6, vector(global_entries)),
            (7, vector(exports)),
            (9, vector(elements)),
            (10, vector([uleb(len(body)) + body for body in bodies])),
        ]
        return b"\0asm\1\0\0\0" + b"".join(bytes([section]) + uleb(len(content)) + content
                                           for section, content in sections)


def string(text):
    return uleb(len(text)) + text


def vector(items):
    return uleb(len(items)) + b"".join(items)


def make(numbers):
    """The bytes of a module; `numbers` is a random.Random."""
    return Module(numbers).encode()
