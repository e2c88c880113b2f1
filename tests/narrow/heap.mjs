// What the firmware takes of a 32-bit heap: MicroPython for WebAssembly under node.
//
//   node heap.mjs PACKAGE FIRMWARE STAND_INS
//
// Prints JSON: bytes in use after each step. There a collection only works between two programs,
// so each step is one of its own.

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, firmware, standIns] = process.argv.slice(2);
const { loadMicroPython } = await import(pathToFileURL(path.join(folder, "micropython.mjs")));
const printed = [];
const mp = await loadMicroPython({
  heapsize: 1024 * 1024,
  stdout: (line) => printed.push(line),
  linebuffer: true,
});

function copy(from, to) {
  mp.FS.mkdir(to);
  for (const name of fs.readdirSync(from)) {
    const source = path.join(from, name);
    if (fs.statSync(source).isDirectory()) copy(source, `${to}/${name}`);
    else mp.FS.writeFile(`${to}/${name}`, fs.readFileSync(source));
  }
}

function used() {
  for (let i = 0; i < 4; i++) mp.runPython("gc.collect()");
  mp.runPython("in_use = gc.mem_alloc()");
  return mp.globals.get("in_use");
}

copy(firmware, "/firmware");
copy(standIns, "/stand_ins");
mp.runPython(`
import gc, micropython, sys
sys.path[:] = ['/firmware', '/stand_ins', '.frozen']
import machine, pyb, stm, time
`);
const empty = used();
mp.runPython("from patrol.app import Car");
const loaded = used();
mp.runPython("car = Car()");
const made = used();
mp.runPython("car.schedule.start()\nfor _ in range(400): car.schedule.tick()");
const ran = used();
printed.length = 0;
mp.runPython("print(sys.maxsize, sys.implementation.version[:2], car.failures)");
mp.runPython("micropython.qstr_info()");
console.log(JSON.stringify({ empty, loaded, made, ran, printed }));
