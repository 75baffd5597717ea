interface Got {
  status: number;
  headers: Headers;
  text: string;
}

export async function get(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Got> {
  const response = await fetch(url, { method, headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The address of a query by GET. */
export function addressOf(query: string, more: Record<string, string> = {}): string {
  return `/graphql?${new URLSearchParams({ query, ...more })}`;
}
