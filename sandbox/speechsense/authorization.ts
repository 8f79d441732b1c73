import { GrpcCode, RpcError } from './grpc-status.ts';
import type { ServiceState } from './service-state.ts';

/** @throws RpcError UNAUTHENTICATED for a wrong or missing key, PERMISSION_DENIED for a right one without a role */
export function authorize(state: ServiceState, authorization: string | undefined): void {
  if (authorization !== `Api-Key ${state.apiKey}`) {
    throw new RpcError(GrpcCode.unauthenticated, 'Token is invalid or has expired.');
  }
  if (state.behaviour.access === 'no-role') throw new RpcError(GrpcCode.permissionDenied, 'Permission denied');
}
