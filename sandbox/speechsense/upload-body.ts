/** The request of an upload as it comes in, whichever method brings it. */
export interface UploadBody {
  readonly maxMessageBytes: number;
  /** Metadata values known so far. */
  readonly fields: Record<string, string>;
  readonly audioBytes: number;
  /** @throws RpcError for a message that is wrong in itself or in its place */
  accept(message: Buffer): void;
  /**
   * Stores what came; the answer is this talk's id.
   * @throws RpcError for a request that is not complete or can't be stored
   */
  store(): { talkId: string };
}
