/** A way of bringing a recording from its link into SpeechSense. */
export interface Carry {
  /** Answers the bytes brought. */
  carry(link: string): Promise<number>;
  close(): Promise<void>;
}

export interface Destination {
  /** `host:port`, plaintext. */
  speechsense: string;
  apiKey: string;
  connectionId: string;
}
