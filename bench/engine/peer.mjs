// SPDX-License-Identifier: Apache-2.0
//
// V8 for bench/engine.py, with the commands of ours.c. Flags of node choose the tier. Of
// `compile`, the machine code and the heap are not known: 0.
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";

const SECTION_CODE = 10;
const programs = [];
let serial = 0;

function codeSectionBytes(bytes) {
  let at = 8;
  const leb = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const id = bytes[at++];
    const length = leb();
    if (id === SECTION_CODE) return length;
    at += length;
  }
  return 0;
}

// A module with another last custom section is another module to V8's cache.
function unlike(bytes) {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(serial++);
  return Buffer.concat([bytes, Buffer.from([0, 6, 1, 97]), word]);
}

function compile(path) {
  const bytes = readFileSync(path);
  const own = unlike(bytes);
  const cpu = process.cpuUsage();
  const start = performance.now();
  new WebAssembly.Module(own);
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  return [seconds.toFixed(6), codeSectionBytes(bytes), 0, 0, 0, ((used.user + used.system) / 1e6).toFixed(6)];
}

function load(path) {
  const begun = performance.now();
  const bytes = unlike(readFileSync(path));
  const wasRead = performance.now();
  const module = new WebAssembly.Module(bytes);
  const compiled = performance.now();
  let called = 0;
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = () => {
      called = performance.now();
      throw new Error("first call");
    };
  }
  const instance = new WebAssembly.Instance(module, imports);
  const instantiated = performance.now();
  try {
    instance.exports._start();
  } catch {}
  return [wasRead - begun, 0, compiled - wasRead, instantiated - compiled, called - instantiated]
    .map((milliseconds) => (milliseconds / 1000).toFixed(6));
}

function open(path) {
  const module = new WebAssembly.Module(readFileSync(path));
  programs.push(new WebAssembly.Instance(module).exports);
  return [programs.length - 1];
}

function run(words) {
  const [number, n] = words.split(" ").map(Number);
  const program = programs[number];
  const start = performance.now();
  const result = program.run(n);
  const seconds = (performance.now() - start) / 1000;
  return [seconds.toFixed(9), result >>> 0, program.expected() >>> 0];
}

const commands = { compile, load, open, run };
createInterface({ input: process.stdin }).on("line", (line) => {
  const space = line.indexOf(" ");
  try {
    console.log(commands[line.slice(0, space)](line.slice(space + 1)).join("\t"));
  } catch (error) {
    console.log(`refused: ${error.message}`);
  }
});
