/** Below a view: its query in the explorer, and its figures as files. */
export function Tools({ query, downloads = [] }: { query: string; downloads?: [label: string, address: string][] }) {
  return (
    <p class="tools">
      <a href={query} target="_self">
        See this query
      </a>
      {downloads.map(([label, address]) => (
        <a key={label} href={address} download>
          Download {label}
        </a>
      ))}
    </p>
  );
}
