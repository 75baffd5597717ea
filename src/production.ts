// The first import of a program: graphql and others check more, and are slower, unless told so before they are loaded.
// Nothing of ours asks for it.
process.env.NODE_ENV ??= 'production';
