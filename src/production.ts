import nodeModule from 'node:module';

// Imported first by every program: graphql and others read it when they are loaded, and are slower without it. Our own
// code does not read it.
process.env.NODE_ENV ??= 'production';

// Keeps compiled code in the temporary folder, from Node 22 on.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
