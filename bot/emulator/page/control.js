// The emulator's control interface.

/** Call a route: POST with a `body`, else GET. Throws what the route says is wrong. */
export async function call(path, body) {
  const options = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
  const response = await fetch(`/_control/${path}`, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export const fileAddress = (id) => `/_control/files/${encodeURIComponent(id)}`;
