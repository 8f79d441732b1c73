import { ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';

/** Where SpeechSense answers. */
export interface SpeechSenseEndpoint {
  /** `host:port`. */
  address: string;
  /** Plain text only for sandboxes. */
  tls: boolean;
  /** PEM of a private certificate authority; the public ones by default. */
  rootCertificates?: Buffer;
}

/** `Get` answers with up to 100 talks and their transcripts; the default limit is 4 MiB. */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

export const CHANNEL_OPTIONS: ChannelOptions = {
  // One connection per channel: cutting it must cut nobody else's upload.
  'grpc.use_local_subchannel_pool': 1,
  // Upload is not idempotent: nothing is ever resent by itself, nor by a service config found in DNS.
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  // With a retry buffer (1 MiB a call) grpc-js confirms a write before there is even a connection; without one, when the
  // socket has taken it. The commit marker stands on that difference.
  'grpc.per_rpc_retry_buffer_size': 0,
  // A proxy named in the environment for other purposes must not see API keys and recordings.
  'grpc.enable_http_proxy': 0,
  // By default grpc-js pauses up to 2 minutes between attempts to connect; the caller paces its attempts itself.
  'grpc.max_reconnect_backoff_ms': 5_000,
  'grpc.enable_channelz': 0,
  'grpc.max_receive_message_length': MAX_ANSWER_BYTES,
  'grpc.max_send_message_length': -1,
  'grpc.primary_user_agent': 'speechsense-export',
};

export function channelCredentials(endpoint: SpeechSenseEndpoint): ChannelCredentials {
  return endpoint.tls ? ChannelCredentials.createSsl(endpoint.rootCertificates) : ChannelCredentials.createInsecure();
}
