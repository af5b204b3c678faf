// SPDX-License-Identifier: Apache-2.0
//
// The peer of compile.c: V8's baseline compiler, on one task, with the same output. Run as
// node --liftoff-only --no-wasm-lazy-compilation --wasm-num-compilation-tasks=1
//      liftoff.mjs MODULE...
import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";

const RUN_COUNT = 5;
const SECTION_CODE = 10;

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

for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  const runs = [];
  for (let run = 0; run < RUN_COUNT; run++) {
    // A module with another last custom section is another module to V8's cache.
    const own = Buffer.concat([bytes, Buffer.from([0, 2, 1, 97 + run])]);
    const start = performance.now();
    new WebAssembly.Module(own);
    runs.push((performance.now() - start) / 1000);
  }
  const median = [...runs].sort((a, b) => a - b)[RUN_COUNT >> 1];
  const shown = [median, ...runs].map((seconds) => seconds.toFixed(6));
  console.log([path, codeSectionBytes(bytes), 0, ...shown].join("\t"));
}
