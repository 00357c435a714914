import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: {
    main: 'src/main.ts',
    index: 'src/index.ts',
    'summarise-worker': 'src/provider/local/summarise-worker.ts',
  },
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  outDir: 'dist',
  clean: true,
  dts: { entry: 'src/index.ts' },
  fixedExtension: false,
});
