import { openCache } from '../../src/cache/open-cache.ts';

// Run as a process of its own: puts answers into the cache of a folder, and tells what went wrong.
const [folder = '', name = '', count = '0'] = process.argv.slice(2);
const cache = await openCache(folder, {
  epochMs: Date.now,
  onTrouble: (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
});
for (let n = 0; n < Number(count); n += 1) {
  cache.put(`${name}${n}`, { text: `${name} says ${n}`, finish: { unified: 'stop' }, usage: {} });
  if (n % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
cache.close();
