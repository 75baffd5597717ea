import nodeModule from 'node:module';

// The first import of a program: graphql and others check more, and are slower, unless told so before they are loaded.
// Nothing of ours asks for it.
process.env.NODE_ENV ??= 'production';

// From Node 22 on, what was compiled for the last start is kept beside the system's temporary files.
(nodeModule as { enableCompileCache?: () => void }).enableCompileCache?.();
