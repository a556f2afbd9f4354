// Original file: proto/gobgp/service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddPathStreamRequest as _api_AddPathStreamRequest, AddPathStreamRequest__Output as _api_AddPathStreamRequest__Output } from '../api/AddPathStreamRequest.ts';
import type { AddPathStreamResponse as _api_AddPathStreamResponse, AddPathStreamResponse__Output as _api_AddPathStreamResponse__Output } from '../api/AddPathStreamResponse.ts';
import type { AddPeerRequest as _api_AddPeerRequest, AddPeerRequest__Output as _api_AddPeerRequest__Output } from '../api/AddPeerRequest.ts';
import type { AddPeerResponse as _api_AddPeerResponse, AddPeerResponse__Output as _api_AddPeerResponse__Output } from '../api/AddPeerResponse.ts';
import type { DeletePeerRequest as _api_DeletePeerRequest, DeletePeerRequest__Output as _api_DeletePeerRequest__Output } from '../api/DeletePeerRequest.ts';
import type { DeletePeerResponse as _api_DeletePeerResponse, DeletePeerResponse__Output as _api_DeletePeerResponse__Output } from '../api/DeletePeerResponse.ts';
import type { GetBgpRequest as _api_GetBgpRequest, GetBgpRequest__Output as _api_GetBgpRequest__Output } from '../api/GetBgpRequest.ts';
import type { GetBgpResponse as _api_GetBgpResponse, GetBgpResponse__Output as _api_GetBgpResponse__Output } from '../api/GetBgpResponse.ts';
import type { ListPathRequest as _api_ListPathRequest, ListPathRequest__Output as _api_ListPathRequest__Output } from '../api/ListPathRequest.ts';
import type { ListPathResponse as _api_ListPathResponse, ListPathResponse__Output as _api_ListPathResponse__Output } from '../api/ListPathResponse.ts';
import type { ListPeerRequest as _api_ListPeerRequest, ListPeerRequest__Output as _api_ListPeerRequest__Output } from '../api/ListPeerRequest.ts';
import type { ListPeerResponse as _api_ListPeerResponse, ListPeerResponse__Output as _api_ListPeerResponse__Output } from '../api/ListPeerResponse.ts';
import type { ListPolicyAssignmentRequest as _api_ListPolicyAssignmentRequest, ListPolicyAssignmentRequest__Output as _api_ListPolicyAssignmentRequest__Output } from '../api/ListPolicyAssignmentRequest.ts';
import type { ListPolicyAssignmentResponse as _api_ListPolicyAssignmentResponse, ListPolicyAssignmentResponse__Output as _api_ListPolicyAssignmentResponse__Output } from '../api/ListPolicyAssignmentResponse.ts';
import type { SetPoliciesRequest as _api_SetPoliciesRequest, SetPoliciesRequest__Output as _api_SetPoliciesRequest__Output } from '../api/SetPoliciesRequest.ts';
import type { SetPoliciesResponse as _api_SetPoliciesResponse, SetPoliciesResponse__Output as _api_SetPoliciesResponse__Output } from '../api/SetPoliciesResponse.ts';
import type { SetPolicyAssignmentRequest as _api_SetPolicyAssignmentRequest, SetPolicyAssignmentRequest__Output as _api_SetPolicyAssignmentRequest__Output } from '../api/SetPolicyAssignmentRequest.ts';
import type { SetPolicyAssignmentResponse as _api_SetPolicyAssignmentResponse, SetPolicyAssignmentResponse__Output as _api_SetPolicyAssignmentResponse__Output } from '../api/SetPolicyAssignmentResponse.ts';
import type { StartBgpRequest as _api_StartBgpRequest, StartBgpRequest__Output as _api_StartBgpRequest__Output } from '../api/StartBgpRequest.ts';
import type { StartBgpResponse as _api_StartBgpResponse, StartBgpResponse__Output as _api_StartBgpResponse__Output } from '../api/StartBgpResponse.ts';
import type { StopBgpRequest as _api_StopBgpRequest, StopBgpRequest__Output as _api_StopBgpRequest__Output } from '../api/StopBgpRequest.ts';
import type { StopBgpResponse as _api_StopBgpResponse, StopBgpResponse__Output as _api_StopBgpResponse__Output } from '../api/StopBgpResponse.ts';
import type { UpdatePeerRequest as _api_UpdatePeerRequest, UpdatePeerRequest__Output as _api_UpdatePeerRequest__Output } from '../api/UpdatePeerRequest.ts';
import type { UpdatePeerResponse as _api_UpdatePeerResponse, UpdatePeerResponse__Output as _api_UpdatePeerResponse__Output } from '../api/UpdatePeerResponse.ts';
import type { WatchEventRequest as _api_WatchEventRequest, WatchEventRequest__Output as _api_WatchEventRequest__Output } from '../api/WatchEventRequest.ts';
import type { WatchEventResponse as _api_WatchEventResponse, WatchEventResponse__Output as _api_WatchEventResponse__Output } from '../api/WatchEventResponse.ts';

export interface GoBgpServiceClient extends grpc.Client {
  AddPathStream(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_AddPathStreamResponse__Output>): grpc.ClientWritableStream<_api_AddPathStreamRequest>;
  AddPathStream(metadata: grpc.Metadata, callback: grpc.requestCallback<_api_AddPathStreamResponse__Output>): grpc.ClientWritableStream<_api_AddPathStreamRequest>;
  AddPathStream(options: grpc.CallOptions, callback: grpc.requestCallback<_api_AddPathStreamResponse__Output>): grpc.ClientWritableStream<_api_AddPathStreamRequest>;
  AddPathStream(callback: grpc.requestCallback<_api_AddPathStreamResponse__Output>): grpc.ClientWritableStream<_api_AddPathStreamRequest>;
  addPathStream(metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_AddPathStreamResponse__Output>): grpc.ClientWritableStream<_api_AddPathStreamRequest>;
  addPathStream(metadata: grpc.Metadata, callback: grpc.requestCallback<_api_AddPathStreamResponse__Output>): grpc.ClientWritableStream<_api_AddPathStreamRequest>;
  addPathStream(options: grpc.CallOptions, callback: grpc.requestCallback<_api_AddPathStreamResponse__Output>): grpc.ClientWritableStream<_api_AddPathStreamRequest>;
  addPathStream(callback: grpc.requestCallback<_api_AddPathStreamResponse__Output>): grpc.ClientWritableStream<_api_AddPathStreamRequest>;
  
  AddPeer(argument: _api_AddPeerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_AddPeerResponse__Output>): grpc.ClientUnaryCall;
  AddPeer(argument: _api_AddPeerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_AddPeerResponse__Output>): grpc.ClientUnaryCall;
  AddPeer(argument: _api_AddPeerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_AddPeerResponse__Output>): grpc.ClientUnaryCall;
  AddPeer(argument: _api_AddPeerRequest, callback: grpc.requestCallback<_api_AddPeerResponse__Output>): grpc.ClientUnaryCall;
  addPeer(argument: _api_AddPeerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_AddPeerResponse__Output>): grpc.ClientUnaryCall;
  addPeer(argument: _api_AddPeerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_AddPeerResponse__Output>): grpc.ClientUnaryCall;
  addPeer(argument: _api_AddPeerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_AddPeerResponse__Output>): grpc.ClientUnaryCall;
  addPeer(argument: _api_AddPeerRequest, callback: grpc.requestCallback<_api_AddPeerResponse__Output>): grpc.ClientUnaryCall;
  
  DeletePeer(argument: _api_DeletePeerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_DeletePeerResponse__Output>): grpc.ClientUnaryCall;
  DeletePeer(argument: _api_DeletePeerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_DeletePeerResponse__Output>): grpc.ClientUnaryCall;
  DeletePeer(argument: _api_DeletePeerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_DeletePeerResponse__Output>): grpc.ClientUnaryCall;
  DeletePeer(argument: _api_DeletePeerRequest, callback: grpc.requestCallback<_api_DeletePeerResponse__Output>): grpc.ClientUnaryCall;
  deletePeer(argument: _api_DeletePeerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_DeletePeerResponse__Output>): grpc.ClientUnaryCall;
  deletePeer(argument: _api_DeletePeerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_DeletePeerResponse__Output>): grpc.ClientUnaryCall;
  deletePeer(argument: _api_DeletePeerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_DeletePeerResponse__Output>): grpc.ClientUnaryCall;
  deletePeer(argument: _api_DeletePeerRequest, callback: grpc.requestCallback<_api_DeletePeerResponse__Output>): grpc.ClientUnaryCall;
  
  GetBgp(argument: _api_GetBgpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_GetBgpResponse__Output>): grpc.ClientUnaryCall;
  GetBgp(argument: _api_GetBgpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_GetBgpResponse__Output>): grpc.ClientUnaryCall;
  GetBgp(argument: _api_GetBgpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_GetBgpResponse__Output>): grpc.ClientUnaryCall;
  GetBgp(argument: _api_GetBgpRequest, callback: grpc.requestCallback<_api_GetBgpResponse__Output>): grpc.ClientUnaryCall;
  getBgp(argument: _api_GetBgpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_GetBgpResponse__Output>): grpc.ClientUnaryCall;
  getBgp(argument: _api_GetBgpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_GetBgpResponse__Output>): grpc.ClientUnaryCall;
  getBgp(argument: _api_GetBgpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_GetBgpResponse__Output>): grpc.ClientUnaryCall;
  getBgp(argument: _api_GetBgpRequest, callback: grpc.requestCallback<_api_GetBgpResponse__Output>): grpc.ClientUnaryCall;
  
  ListPath(argument: _api_ListPathRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPathResponse__Output>;
  ListPath(argument: _api_ListPathRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPathResponse__Output>;
  listPath(argument: _api_ListPathRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPathResponse__Output>;
  listPath(argument: _api_ListPathRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPathResponse__Output>;
  
  ListPeer(argument: _api_ListPeerRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPeerResponse__Output>;
  ListPeer(argument: _api_ListPeerRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPeerResponse__Output>;
  listPeer(argument: _api_ListPeerRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPeerResponse__Output>;
  listPeer(argument: _api_ListPeerRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPeerResponse__Output>;
  
  ListPolicyAssignment(argument: _api_ListPolicyAssignmentRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPolicyAssignmentResponse__Output>;
  ListPolicyAssignment(argument: _api_ListPolicyAssignmentRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPolicyAssignmentResponse__Output>;
  listPolicyAssignment(argument: _api_ListPolicyAssignmentRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPolicyAssignmentResponse__Output>;
  listPolicyAssignment(argument: _api_ListPolicyAssignmentRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_ListPolicyAssignmentResponse__Output>;
  
  SetPolicies(argument: _api_SetPoliciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_SetPoliciesResponse__Output>): grpc.ClientUnaryCall;
  SetPolicies(argument: _api_SetPoliciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_SetPoliciesResponse__Output>): grpc.ClientUnaryCall;
  SetPolicies(argument: _api_SetPoliciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_SetPoliciesResponse__Output>): grpc.ClientUnaryCall;
  SetPolicies(argument: _api_SetPoliciesRequest, callback: grpc.requestCallback<_api_SetPoliciesResponse__Output>): grpc.ClientUnaryCall;
  setPolicies(argument: _api_SetPoliciesRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_SetPoliciesResponse__Output>): grpc.ClientUnaryCall;
  setPolicies(argument: _api_SetPoliciesRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_SetPoliciesResponse__Output>): grpc.ClientUnaryCall;
  setPolicies(argument: _api_SetPoliciesRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_SetPoliciesResponse__Output>): grpc.ClientUnaryCall;
  setPolicies(argument: _api_SetPoliciesRequest, callback: grpc.requestCallback<_api_SetPoliciesResponse__Output>): grpc.ClientUnaryCall;
  
  SetPolicyAssignment(argument: _api_SetPolicyAssignmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_SetPolicyAssignmentResponse__Output>): grpc.ClientUnaryCall;
  SetPolicyAssignment(argument: _api_SetPolicyAssignmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_SetPolicyAssignmentResponse__Output>): grpc.ClientUnaryCall;
  SetPolicyAssignment(argument: _api_SetPolicyAssignmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_SetPolicyAssignmentResponse__Output>): grpc.ClientUnaryCall;
  SetPolicyAssignment(argument: _api_SetPolicyAssignmentRequest, callback: grpc.requestCallback<_api_SetPolicyAssignmentResponse__Output>): grpc.ClientUnaryCall;
  setPolicyAssignment(argument: _api_SetPolicyAssignmentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_SetPolicyAssignmentResponse__Output>): grpc.ClientUnaryCall;
  setPolicyAssignment(argument: _api_SetPolicyAssignmentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_SetPolicyAssignmentResponse__Output>): grpc.ClientUnaryCall;
  setPolicyAssignment(argument: _api_SetPolicyAssignmentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_SetPolicyAssignmentResponse__Output>): grpc.ClientUnaryCall;
  setPolicyAssignment(argument: _api_SetPolicyAssignmentRequest, callback: grpc.requestCallback<_api_SetPolicyAssignmentResponse__Output>): grpc.ClientUnaryCall;
  
  StartBgp(argument: _api_StartBgpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_StartBgpResponse__Output>): grpc.ClientUnaryCall;
  StartBgp(argument: _api_StartBgpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_StartBgpResponse__Output>): grpc.ClientUnaryCall;
  StartBgp(argument: _api_StartBgpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_StartBgpResponse__Output>): grpc.ClientUnaryCall;
  StartBgp(argument: _api_StartBgpRequest, callback: grpc.requestCallback<_api_StartBgpResponse__Output>): grpc.ClientUnaryCall;
  startBgp(argument: _api_StartBgpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_StartBgpResponse__Output>): grpc.ClientUnaryCall;
  startBgp(argument: _api_StartBgpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_StartBgpResponse__Output>): grpc.ClientUnaryCall;
  startBgp(argument: _api_StartBgpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_StartBgpResponse__Output>): grpc.ClientUnaryCall;
  startBgp(argument: _api_StartBgpRequest, callback: grpc.requestCallback<_api_StartBgpResponse__Output>): grpc.ClientUnaryCall;
  
  StopBgp(argument: _api_StopBgpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_StopBgpResponse__Output>): grpc.ClientUnaryCall;
  StopBgp(argument: _api_StopBgpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_StopBgpResponse__Output>): grpc.ClientUnaryCall;
  StopBgp(argument: _api_StopBgpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_StopBgpResponse__Output>): grpc.ClientUnaryCall;
  StopBgp(argument: _api_StopBgpRequest, callback: grpc.requestCallback<_api_StopBgpResponse__Output>): grpc.ClientUnaryCall;
  stopBgp(argument: _api_StopBgpRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_StopBgpResponse__Output>): grpc.ClientUnaryCall;
  stopBgp(argument: _api_StopBgpRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_StopBgpResponse__Output>): grpc.ClientUnaryCall;
  stopBgp(argument: _api_StopBgpRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_StopBgpResponse__Output>): grpc.ClientUnaryCall;
  stopBgp(argument: _api_StopBgpRequest, callback: grpc.requestCallback<_api_StopBgpResponse__Output>): grpc.ClientUnaryCall;
  
  UpdatePeer(argument: _api_UpdatePeerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_UpdatePeerResponse__Output>): grpc.ClientUnaryCall;
  UpdatePeer(argument: _api_UpdatePeerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_UpdatePeerResponse__Output>): grpc.ClientUnaryCall;
  UpdatePeer(argument: _api_UpdatePeerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_UpdatePeerResponse__Output>): grpc.ClientUnaryCall;
  UpdatePeer(argument: _api_UpdatePeerRequest, callback: grpc.requestCallback<_api_UpdatePeerResponse__Output>): grpc.ClientUnaryCall;
  updatePeer(argument: _api_UpdatePeerRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_api_UpdatePeerResponse__Output>): grpc.ClientUnaryCall;
  updatePeer(argument: _api_UpdatePeerRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_api_UpdatePeerResponse__Output>): grpc.ClientUnaryCall;
  updatePeer(argument: _api_UpdatePeerRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_api_UpdatePeerResponse__Output>): grpc.ClientUnaryCall;
  updatePeer(argument: _api_UpdatePeerRequest, callback: grpc.requestCallback<_api_UpdatePeerResponse__Output>): grpc.ClientUnaryCall;
  
  WatchEvent(argument: _api_WatchEventRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_WatchEventResponse__Output>;
  WatchEvent(argument: _api_WatchEventRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_WatchEventResponse__Output>;
  watchEvent(argument: _api_WatchEventRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_WatchEventResponse__Output>;
  watchEvent(argument: _api_WatchEventRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_api_WatchEventResponse__Output>;
  
}

export interface GoBgpServiceHandlers extends grpc.UntypedServiceImplementation {
  AddPathStream: grpc.handleClientStreamingCall<_api_AddPathStreamRequest__Output, _api_AddPathStreamResponse>;
  
  AddPeer: grpc.handleUnaryCall<_api_AddPeerRequest__Output, _api_AddPeerResponse>;
  
  DeletePeer: grpc.handleUnaryCall<_api_DeletePeerRequest__Output, _api_DeletePeerResponse>;
  
  GetBgp: grpc.handleUnaryCall<_api_GetBgpRequest__Output, _api_GetBgpResponse>;
  
  ListPath: grpc.handleServerStreamingCall<_api_ListPathRequest__Output, _api_ListPathResponse>;
  
  ListPeer: grpc.handleServerStreamingCall<_api_ListPeerRequest__Output, _api_ListPeerResponse>;
  
  ListPolicyAssignment: grpc.handleServerStreamingCall<_api_ListPolicyAssignmentRequest__Output, _api_ListPolicyAssignmentResponse>;
  
  SetPolicies: grpc.handleUnaryCall<_api_SetPoliciesRequest__Output, _api_SetPoliciesResponse>;
  
  SetPolicyAssignment: grpc.handleUnaryCall<_api_SetPolicyAssignmentRequest__Output, _api_SetPolicyAssignmentResponse>;
  
  StartBgp: grpc.handleUnaryCall<_api_StartBgpRequest__Output, _api_StartBgpResponse>;
  
  StopBgp: grpc.handleUnaryCall<_api_StopBgpRequest__Output, _api_StopBgpResponse>;
  
  UpdatePeer: grpc.handleUnaryCall<_api_UpdatePeerRequest__Output, _api_UpdatePeerResponse>;
  
  WatchEvent: grpc.handleServerStreamingCall<_api_WatchEventRequest__Output, _api_WatchEventResponse>;
  
}

export interface GoBgpServiceDefinition extends grpc.ServiceDefinition {
  AddPathStream: MethodDefinition<_api_AddPathStreamRequest, _api_AddPathStreamResponse, _api_AddPathStreamRequest__Output, _api_AddPathStreamResponse__Output>
  AddPeer: MethodDefinition<_api_AddPeerRequest, _api_AddPeerResponse, _api_AddPeerRequest__Output, _api_AddPeerResponse__Output>
  DeletePeer: MethodDefinition<_api_DeletePeerRequest, _api_DeletePeerResponse, _api_DeletePeerRequest__Output, _api_DeletePeerResponse__Output>
  GetBgp: MethodDefinition<_api_GetBgpRequest, _api_GetBgpResponse, _api_GetBgpRequest__Output, _api_GetBgpResponse__Output>
  ListPath: MethodDefinition<_api_ListPathRequest, _api_ListPathResponse, _api_ListPathRequest__Output, _api_ListPathResponse__Output>
  ListPeer: MethodDefinition<_api_ListPeerRequest, _api_ListPeerResponse, _api_ListPeerRequest__Output, _api_ListPeerResponse__Output>
  ListPolicyAssignment: MethodDefinition<_api_ListPolicyAssignmentRequest, _api_ListPolicyAssignmentResponse, _api_ListPolicyAssignmentRequest__Output, _api_ListPolicyAssignmentResponse__Output>
  SetPolicies: MethodDefinition<_api_SetPoliciesRequest, _api_SetPoliciesResponse, _api_SetPoliciesRequest__Output, _api_SetPoliciesResponse__Output>
  SetPolicyAssignment: MethodDefinition<_api_SetPolicyAssignmentRequest, _api_SetPolicyAssignmentResponse, _api_SetPolicyAssignmentRequest__Output, _api_SetPolicyAssignmentResponse__Output>
  StartBgp: MethodDefinition<_api_StartBgpRequest, _api_StartBgpResponse, _api_StartBgpRequest__Output, _api_StartBgpResponse__Output>
  StopBgp: MethodDefinition<_api_StopBgpRequest, _api_StopBgpResponse, _api_StopBgpRequest__Output, _api_StopBgpResponse__Output>
  UpdatePeer: MethodDefinition<_api_UpdatePeerRequest, _api_UpdatePeerResponse, _api_UpdatePeerRequest__Output, _api_UpdatePeerResponse__Output>
  WatchEvent: MethodDefinition<_api_WatchEventRequest, _api_WatchEventResponse, _api_WatchEventRequest__Output, _api_WatchEventResponse__Output>
}
