export type Channel = 'stdout' | 'stderr';

const headerBytes = 8;

/**
 * Takes apart what the engine sends of a container without a terminal: frames of a channel number and a length. Bytes
 * go on as they come, a frame is never gathered, and nothing is read while the receiver is busy. `cut`: it ended within
 * a frame.
 */
export async function demultiplex(
  source: AsyncIterable<Uint8Array>,
  deliver: (channel: Channel, bytes: Uint8Array) => Promise<void> | void,
): Promise<'whole' | 'cut'> {
  const header = Buffer.alloc(headerBytes);
  let headerLength = 0;
  let remaining = 0;
  let channel: Channel = 'stdout';
  for await (const chunk of source) {
    let position = 0;
    while (position < chunk.length) {
      if (remaining > 0) {
        const length = Math.min(remaining, chunk.length - position);
        await deliver(channel, chunk.subarray(position, position + length));
        position += length;
        remaining -= length;
        continue;
      }
      const length = Math.min(headerBytes - headerLength, chunk.length - position);
      header.set(chunk.subarray(position, position + length), headerLength);
      position += length;
      headerLength += length;
      if (headerLength < headerBytes) continue;
      headerLength = 0;
      channel = header[0] === 2 ? 'stderr' : 'stdout';
      remaining = header.readUInt32BE(4);
    }
  }
  return remaining > 0 || headerLength > 0 ? 'cut' : 'whole';
}
