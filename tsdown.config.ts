import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    main: 'src/main.ts',
    index: 'src/index.ts',
    'summarise-worker': 'src/provider/local/summarise-worker.ts',
    'text-worker': 'src/chunks/text-worker.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outDir: 'dist',
  clean: true,
  // Read when a run begins, from beside the bundle.
  copy: 'src/prompt/presets',
  dts: { entry: 'src/index.ts' },
  fixedExtension: false,
});
