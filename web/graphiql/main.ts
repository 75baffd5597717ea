import 'graphiql/setup-workers/vite';
// One by one: the combined stylesheet comes with fonts, and each system has its own.
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './style.css';
import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { type DocumentNode, Kind, parse } from 'graphql';
import { createClient } from 'graphql-ws';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { exampleTabs } from './examples.js';

const address = new URL('/graphql', location.href);
const socket = new URL(address);
socket.protocol = address.protocol.replace('http', 'ws');

const send = createGraphiQLFetcher({
  url: address.href,
  // The server does not send responses in parts.
  enableIncrementalDelivery: false,
  wsClient: createClient({ url: socket.href, lazy: true }),
});

/**
 * For about 0.1 s after a tab is opened, GraphiQL passes the document and the operation of the previous tab: it would
 * request an operation that does not exist, and send a subscription by POST.
 */
const fetcher: Fetcher = (params, options) => {
  const documentAST = parsed(params.query);
  if (!documentAST) return send(params, options);
  const operations = documentAST.definitions.filter((it) => it.kind === Kind.OPERATION_DEFINITION);
  const names = operations.map(({ name }) => name?.value);
  const isStale = !names.includes(params.operationName ?? undefined);
  const operationName = (isStale && names.length === 1 ? names[0] : params.operationName) ?? null;
  return send({ ...params, operationName }, { ...options, documentAST });
};

/** Undefined if it does not parse: the server then reports what is wrong. */
function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

const search = new URLSearchParams(location.search);
const query = search.get('query');
const variables = search.get('variables') ?? '';

/** Keeps the content of the editors in the address, so that it can be shared. */
function remember(name: 'query' | 'variables' | 'operationName', value: string): void {
  const url = new URL(location.href);
  if (value) url.searchParams.set(name, value);
  else url.searchParams.delete(name);
  history.replaceState(null, '', url);
}

/** Chooses the operation that the address names, for the button and for Ctrl-Enter, which runs the one at the cursor. */
function NamedOperation(): null {
  const operations = useGraphiQL((it) => it.operations);
  const editor = useGraphiQL((it) => it.queryEditor);
  const { setOperationName } = useGraphiQLActions();
  useEffect(() => {
    const name = search.get('operationName');
    const start = operations?.find((it) => it.name?.value === name)?.loc?.startToken;
    if (!name || !start || !editor) return;
    search.delete('operationName');
    editor.setPosition({ lineNumber: start.line, column: start.column });
    setOperationName(name);
  }, [operations, editor, setOperationName]);
  return null;
}

const link = (href: string, text: string) => createElement('a', { href }, text);

createRoot(document.getElementById('graphiql') as HTMLElement).render(
  createElement(
    GraphiQL,
    {
      fetcher,
      defaultTabs: [...(query === null ? [] : [{ query, variables }]), ...exampleTabs()],
      ...(query === null ? {} : { initialQuery: query, initialVariables: variables }),
      onEditQuery: (text: string) => remember('query', text),
      onEditVariables: (text: string) => remember('variables', text),
      onEditOperationName: (name: string) => remember('operationName', name),
    },
    createElement(GraphiQL.Logo, null, link('/', 'country-exchange'), link('/graphql', 'Apollo Sandbox')),
    createElement(NamedOperation),
  ),
);
