// SPDX-License-Identifier: Apache-2.0
//
// The same as trace.c, with the WebAssembly of node.
'use strict';
const fs = require('fs');

const words = new DataView(new ArrayBuffer(8));

function f32Bits(value) {
    words.setFloat32(0, value);
    return words.getUint32(0).toString(16);
}

function f64Bits(value) {
    words.setFloat64(0, value);
    return words.getBigUint64(0).toString(16);
}

const bits = {
    i32: (value) => (value >>> 0).toString(16),
    i64: (value) => BigInt.asUintN(64, value).toString(16),
    f32: f32Bits,
    f64: f64Bits,
    funcref: (value) => (value === null ? 'null' : 'ref'),
    externref: (value) => (value === null ? 'null' : 'ref'),
};
const zeros = { i32: 0, i64: 0n, f32: 0, f64: 0, funcref: null, externref: null };

// JavaScript does not tell a function's type, so it is read from the module.
function readTypes(bytes) {
    let at = 8;
    const u32 = () => {
        let value = 0, shift = 0, byte;
        do {
            byte = bytes[at++];
            value += (byte & 0x7f) * 2 ** shift;
            shift += 7;
        } while (byte & 0x80);
        return value;
    };
    const name = () => {
        const len = u32();
        at += len;
        return bytes.subarray(at - len, at).toString();
    };
    const codes = { 0x7f: 'i32', 0x7e: 'i64', 0x7d: 'f32', 0x7c: 'f64', 0x70: 'funcref', 0x6f: 'externref' };
    const list = (read) => Array.from({ length: u32() }, read);
    const valtype = () => codes[bytes[at++]];
    const limits = () => (u32() & 1 ? [u32(), u32()] : [u32()]);
    const funcType = () => { at++; return { params: list(valtype), results: list(valtype) }; };
    const importDesc = {
        0: () => u32(), 1: () => { at++; limits(); }, 2: limits, 3: () => { at += 2; },
    };
    let types = [];
    const funcs = [];
    const exported = {};
    while (at < bytes.length) {
        const id = bytes[at++];
        const end = u32() + at;
        if (id === 1)
            types = list(funcType);
        if (id === 2)
            list(() => {
                name();
                name();
                const kind = bytes[at++];
                const type = importDesc[kind]();
                if (kind === 0)
                    funcs.push(types[type]);
            });
        if (id === 3)
            list(() => funcs.push(types[u32()]));
        if (id === 7)
            list(() => {
                const field = name();
                const kind = bytes[at++];
                const index = u32();
                if (kind === 0)
                    exported[field] = funcs[index];
            });
        at = end;
    }
    return exported;
}

function call(out, field, func, type) {
    let result;
    try {
        result = func(...type.params.map((t) => zeros[t]));
    } catch (error) {
        out.push(`${field} ${error instanceof RangeError ? 'exhausted' : 'trap'}`);
        return;
    }
    const results = type.results.length > 1 ? result : [result];
    out.push([field, ...type.results.map((t, i) => bits[t](results[i]))].join(' '));
}

function run(out, bytes) {
    const log = (type) => (value) => { out.push(`log ${bits[type](value)}`); };
    const imports = {
        'fuzzing-support': {
            'log-i32': log('i32'), 'log-i64': log('i64'), 'log-f32': log('f32'), 'log-f64': log('f64'),
        },
    };
    const module = new WebAssembly.Module(bytes);
    let instance;
    try {
        instance = new WebAssembly.Instance(module, imports);
    } catch (error) {
        out.push(error instanceof WebAssembly.RuntimeError ? 'start trap' : 'start failed');
        return;
    }
    const types = readTypes(bytes);
    for (const { name, kind } of WebAssembly.Module.exports(module))
        if (kind === 'function')
            call(out, name, instance.exports[name], types[name]);
}

function validate(out, bytes) {
    new WebAssembly.Module(bytes);
    out.push('valid');
}

const isValidating = process.argv[2] === '--validate';
for (const path of process.argv.slice(isValidating ? 3 : 2)) {
    const out = [`module ${path}`];
    try {
        (isValidating ? validate : run)(out, fs.readFileSync(path));
    } catch (error) {
        out.push(`refused: ${error.message}`);
    }
    fs.writeSync(1, out.join('\n') + '\n');
}
