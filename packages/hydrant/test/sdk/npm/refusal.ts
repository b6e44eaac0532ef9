/** The status that a call was refused with, whichever axios threw; undefined where it was not refused. */
export async function refusalOf(call: Promise<unknown> | undefined): Promise<number | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    const response: unknown = error instanceof Error ? Reflect.get(error, 'response') : undefined;
    if (typeof response !== 'object' || response === null) throw error;
    return Number(Reflect.get(response, 'status'));
  }
}
