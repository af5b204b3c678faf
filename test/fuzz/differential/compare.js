// SPDX-License-Identifier: Apache-2.0
//
// V8's side of compare.py: compare.js BATCH FIRST_SEED [--verbose]. Runs each module of the
// batch, which generate made, and prints a line: seed, what became of it, and a hash of all
// that it showed. --verbose shows it.
'use strict';
const fs = require('fs');

const words = new DataView(new ArrayBuffer(8));
const isVerbose = process.argv.includes('--verbose');
let hash = 0;
let shown = [];

// FNV-1a by 32-bit words.
function mix(word) {
    hash = Math.imul(hash ^ word, 0x01000193);
}

function show(text) {
    if (isVerbose)
        shown.push(text);
}

function seeI32(value) {
    mix(value);
    show((value >>> 0).toString(16));
}

function seeI64(value) {
    words.setBigUint64(0, BigInt.asUintN(64, value));
    mix(words.getUint32(4));
    mix(words.getUint32(0));
    show(BigInt.asUintN(64, value).toString(16));
}

function seeText(text) {
    for (let i = 0; i < text.length; i++)
        mix(text.charCodeAt(i));
    show(text);
}

// V8's messages by the classes that both sides tell apart.
const classes = [
    [/^unreachable/, 'unreachable'],
    [/^memory access out of bounds|^data segment out of bounds|^element segment out of bounds|^table index is out of bounds|^table access out of bounds|^array element access out of bounds|^requested new array is too large|unaligned/, 'bounds'],
    [/by zero/, 'zero'],
    [/unrepresentable|^float unrepresentable/, 'number'],
    [/^null function|signature mismatch/, 'indirect'],
    [/null/, 'null'],
    [/illegal cast/, 'cast'],
];

function trapClass(error) {
    if (error instanceof RangeError)
        return 'exhausted';
    for (const [pattern, name] of classes)
        if (pattern.test(error.message))
            return name;
    return `other: ${error.message}`;
}

function seeException(error, tags) {
    const at = tags.findIndex((tag) => error.is(tag));
    seeText(`exception ${at}`);
}

function call(name, func, tags) {
    seeText(name);
    try {
        func();
    } catch (error) {
        if (error instanceof WebAssembly.Exception)
            seeException(error, tags);
        else
            seeText(trapClass(error));
    }
}

function seeMemory(name, memory) {
    const buffer = memory.buffer;
    seeText(`${name} ${buffer.byteLength}`);
    const all = new Int32Array(buffer);
    let own = 0;
    for (let i = 0; i < all.length; i++)
        own = Math.imul(own ^ all[i], 0x01000193);
    seeI32(own);
}

function seeGlobal(name, value) {
    seeText(name);
    if (typeof value === 'bigint')
        seeI64(value);
    else if (Number.isNaN(value))
        seeText('NaN'); // JavaScript keeps no bits of it
    else {
        words.setFloat64(0, value);
        mix(words.getUint32(4));
        mix(words.getUint32(0));
        show(String(value));
    }
}

const made = Array.from({ length: 16 }, (_, number) => ({ number }));
const functions = {
    i: seeI32,
    j: seeI64,
    make: (number) => made[number & 15],
    ask: (value) => (value === null ? -2 : made.includes(value) ? value.number : -1),
};

function limits(words) {
    const [min, max, shared, is64] = words.map(Number);
    const index = (number) => (is64 ? BigInt(number) : number);
    return { initial: index(min), maximum: index(max), shared: shared === 1, address: is64 ? 'i64' : 'i32' };
}

// What is imported has a type, which its name tells.
const makers = {
    m: (words) => new WebAssembly.Memory(limits(words)),
    t: (words) => new WebAssembly.Table({ element: 'anyfunc', ...limits(words) }),
    g: () => new WebAssembly.Global({ value: 'i32', mutable: true }, 0),
    x: (words) => new WebAssembly.Tag({ parameters: words }),
};

function makeImports(module) {
    const h = { ...functions };
    for (const { name, kind } of WebAssembly.Module.imports(module))
        if (kind !== 'function') {
            const [letter, ...words] = name.split(' ');
            h[name] = makers[letter](words);
        }
    return { h };
}

function seeInstance(instance) {
    const exported = Object.entries(instance.exports);
    const tags = exported.filter(([name]) => name[0] === 't').map(([, tag]) => tag);
    for (const [name, value] of exported)
        if (name[0] === 'e')
            call(name, value, tags);
    for (const [name, value] of exported) {
        if (name[0] === 'm')
            seeMemory(name, value);
        else if (name[0] === 'g')
            seeGlobal(name, value.value);
    }
}

function run(bytes) {
    let module;
    try {
        module = new WebAssembly.Module(bytes);
    } catch (error) {
        return `refused: ${error.message}`;
    }
    // Two instances have the same imports: a table holds functions of both.
    const imports = makeImports(module);
    const instances = [];
    for (let i = 0; i < 2; i++) {
        try {
            instances.push(new WebAssembly.Instance(module, imports));
        } catch (error) {
            return `start ${trapClass(error)}`;
        }
        instances.forEach(seeInstance);
    }
    return `ran ${(hash >>> 0).toString(16)}`;
}

const batch = fs.readFileSync(process.argv[2]);
const lines = [];
let seed = BigInt(process.argv[3]);
for (let at = 0; at < batch.length; seed++) {
    const length = batch.readUInt32LE(at);
    hash = 0x811c9dc5 | 0;
    shown = [];
    const outcome = run(batch.subarray(at + 4, at + 4 + length));
    lines.push(`${seed} ${outcome}`, ...shown.map((text) => `  ${text}`));
    at += 4 + length;
}
fs.writeSync(1, lines.join('\n') + '\n');
