/** Asks until the answer is wanted. @throws Error with the last answer after `ms`. */
export async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean, ms = 60_000): Promise<T> {
  const end = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (performance.now() > end)
      throw new Error(`still not so after ${ms} ms: ${JSON.stringify(answer)?.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
