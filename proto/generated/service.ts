import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Actions as _api_Actions, Actions__Output as _api_Actions__Output } from './api/Actions.ts';
import type { AddPathStreamRequest as _api_AddPathStreamRequest, AddPathStreamRequest__Output as _api_AddPathStreamRequest__Output } from './api/AddPathStreamRequest.ts';
import type { AddPathStreamResponse as _api_AddPathStreamResponse, AddPathStreamResponse__Output as _api_AddPathStreamResponse__Output } from './api/AddPathStreamResponse.ts';
import type { AddPaths as _api_AddPaths, AddPaths__Output as _api_AddPaths__Output } from './api/AddPaths.ts';
import type { AddPathsConfig as _api_AddPathsConfig, AddPathsConfig__Output as _api_AddPathsConfig__Output } from './api/AddPathsConfig.ts';
import type { AddPeerRequest as _api_AddPeerRequest, AddPeerRequest__Output as _api_AddPeerRequest__Output } from './api/AddPeerRequest.ts';
import type { AddPeerResponse as _api_AddPeerResponse, AddPeerResponse__Output as _api_AddPeerResponse__Output } from './api/AddPeerResponse.ts';
import type { AfiSafi as _api_AfiSafi, AfiSafi__Output as _api_AfiSafi__Output } from './api/AfiSafi.ts';
import type { AfiSafiConfig as _api_AfiSafiConfig, AfiSafiConfig__Output as _api_AfiSafiConfig__Output } from './api/AfiSafiConfig.ts';
import type { AfiSafiState as _api_AfiSafiState, AfiSafiState__Output as _api_AfiSafiState__Output } from './api/AfiSafiState.ts';
import type { Attribute as _api_Attribute, Attribute__Output as _api_Attribute__Output } from './api/Attribute.ts';
import type { BfdPeerConfig as _api_BfdPeerConfig, BfdPeerConfig__Output as _api_BfdPeerConfig__Output } from './api/BfdPeerConfig.ts';
import type { BfdPeerState as _api_BfdPeerState, BfdPeerState__Output as _api_BfdPeerState__Output } from './api/BfdPeerState.ts';
import type { Conditions as _api_Conditions, Conditions__Output as _api_Conditions__Output } from './api/Conditions.ts';
import type { DeletePeerRequest as _api_DeletePeerRequest, DeletePeerRequest__Output as _api_DeletePeerRequest__Output } from './api/DeletePeerRequest.ts';
import type { DeletePeerResponse as _api_DeletePeerResponse, DeletePeerResponse__Output as _api_DeletePeerResponse__Output } from './api/DeletePeerResponse.ts';
import type { Destination as _api_Destination, Destination__Output as _api_Destination__Output } from './api/Destination.ts';
import type { EbgpMultihop as _api_EbgpMultihop, EbgpMultihop__Output as _api_EbgpMultihop__Output } from './api/EbgpMultihop.ts';
import type { Family as _api_Family, Family__Output as _api_Family__Output } from './api/Family.ts';
import type { GetBgpRequest as _api_GetBgpRequest, GetBgpRequest__Output as _api_GetBgpRequest__Output } from './api/GetBgpRequest.ts';
import type { GetBgpResponse as _api_GetBgpResponse, GetBgpResponse__Output as _api_GetBgpResponse__Output } from './api/GetBgpResponse.ts';
import type { Global as _api_Global, Global__Output as _api_Global__Output } from './api/Global.ts';
import type { GoBgpServiceClient as _api_GoBgpServiceClient, GoBgpServiceDefinition as _api_GoBgpServiceDefinition } from './api/GoBgpService.ts';
import type { GracefulRestart as _api_GracefulRestart, GracefulRestart__Output as _api_GracefulRestart__Output } from './api/GracefulRestart.ts';
import type { IPAddressPrefix as _api_IPAddressPrefix, IPAddressPrefix__Output as _api_IPAddressPrefix__Output } from './api/IPAddressPrefix.ts';
import type { ListPathRequest as _api_ListPathRequest, ListPathRequest__Output as _api_ListPathRequest__Output } from './api/ListPathRequest.ts';
import type { ListPathResponse as _api_ListPathResponse, ListPathResponse__Output as _api_ListPathResponse__Output } from './api/ListPathResponse.ts';
import type { ListPeerRequest as _api_ListPeerRequest, ListPeerRequest__Output as _api_ListPeerRequest__Output } from './api/ListPeerRequest.ts';
import type { ListPeerResponse as _api_ListPeerResponse, ListPeerResponse__Output as _api_ListPeerResponse__Output } from './api/ListPeerResponse.ts';
import type { ListPolicyAssignmentRequest as _api_ListPolicyAssignmentRequest, ListPolicyAssignmentRequest__Output as _api_ListPolicyAssignmentRequest__Output } from './api/ListPolicyAssignmentRequest.ts';
import type { ListPolicyAssignmentResponse as _api_ListPolicyAssignmentResponse, ListPolicyAssignmentResponse__Output as _api_ListPolicyAssignmentResponse__Output } from './api/ListPolicyAssignmentResponse.ts';
import type { Message as _api_Message, Message__Output as _api_Message__Output } from './api/Message.ts';
import type { Messages as _api_Messages, Messages__Output as _api_Messages__Output } from './api/Messages.ts';
import type { MpGracefulRestart as _api_MpGracefulRestart, MpGracefulRestart__Output as _api_MpGracefulRestart__Output } from './api/MpGracefulRestart.ts';
import type { MpGracefulRestartConfig as _api_MpGracefulRestartConfig, MpGracefulRestartConfig__Output as _api_MpGracefulRestartConfig__Output } from './api/MpGracefulRestartConfig.ts';
import type { MpReachNLRIAttribute as _api_MpReachNLRIAttribute, MpReachNLRIAttribute__Output as _api_MpReachNLRIAttribute__Output } from './api/MpReachNLRIAttribute.ts';
import type { NLRI as _api_NLRI, NLRI__Output as _api_NLRI__Output } from './api/NLRI.ts';
import type { NextHopAttribute as _api_NextHopAttribute, NextHopAttribute__Output as _api_NextHopAttribute__Output } from './api/NextHopAttribute.ts';
import type { OriginAttribute as _api_OriginAttribute, OriginAttribute__Output as _api_OriginAttribute__Output } from './api/OriginAttribute.ts';
import type { Path as _api_Path, Path__Output as _api_Path__Output } from './api/Path.ts';
import type { Peer as _api_Peer, Peer__Output as _api_Peer__Output } from './api/Peer.ts';
import type { PeerConf as _api_PeerConf, PeerConf__Output as _api_PeerConf__Output } from './api/PeerConf.ts';
import type { PeerState as _api_PeerState, PeerState__Output as _api_PeerState__Output } from './api/PeerState.ts';
import type { Policy as _api_Policy, Policy__Output as _api_Policy__Output } from './api/Policy.ts';
import type { PolicyAssignment as _api_PolicyAssignment, PolicyAssignment__Output as _api_PolicyAssignment__Output } from './api/PolicyAssignment.ts';
import type { SetPoliciesRequest as _api_SetPoliciesRequest, SetPoliciesRequest__Output as _api_SetPoliciesRequest__Output } from './api/SetPoliciesRequest.ts';
import type { SetPoliciesResponse as _api_SetPoliciesResponse, SetPoliciesResponse__Output as _api_SetPoliciesResponse__Output } from './api/SetPoliciesResponse.ts';
import type { SetPolicyAssignmentRequest as _api_SetPolicyAssignmentRequest, SetPolicyAssignmentRequest__Output as _api_SetPolicyAssignmentRequest__Output } from './api/SetPolicyAssignmentRequest.ts';
import type { SetPolicyAssignmentResponse as _api_SetPolicyAssignmentResponse, SetPolicyAssignmentResponse__Output as _api_SetPolicyAssignmentResponse__Output } from './api/SetPolicyAssignmentResponse.ts';
import type { StartBgpRequest as _api_StartBgpRequest, StartBgpRequest__Output as _api_StartBgpRequest__Output } from './api/StartBgpRequest.ts';
import type { StartBgpResponse as _api_StartBgpResponse, StartBgpResponse__Output as _api_StartBgpResponse__Output } from './api/StartBgpResponse.ts';
import type { Statement as _api_Statement, Statement__Output as _api_Statement__Output } from './api/Statement.ts';
import type { StopBgpRequest as _api_StopBgpRequest, StopBgpRequest__Output as _api_StopBgpRequest__Output } from './api/StopBgpRequest.ts';
import type { StopBgpResponse as _api_StopBgpResponse, StopBgpResponse__Output as _api_StopBgpResponse__Output } from './api/StopBgpResponse.ts';
import type { Timers as _api_Timers, Timers__Output as _api_Timers__Output } from './api/Timers.ts';
import type { TimersConfig as _api_TimersConfig, TimersConfig__Output as _api_TimersConfig__Output } from './api/TimersConfig.ts';
import type { TimersState as _api_TimersState, TimersState__Output as _api_TimersState__Output } from './api/TimersState.ts';
import type { Transport as _api_Transport, Transport__Output as _api_Transport__Output } from './api/Transport.ts';
import type { UpdatePeerRequest as _api_UpdatePeerRequest, UpdatePeerRequest__Output as _api_UpdatePeerRequest__Output } from './api/UpdatePeerRequest.ts';
import type { UpdatePeerResponse as _api_UpdatePeerResponse, UpdatePeerResponse__Output as _api_UpdatePeerResponse__Output } from './api/UpdatePeerResponse.ts';
import type { WatchEventRequest as _api_WatchEventRequest, WatchEventRequest__Output as _api_WatchEventRequest__Output } from './api/WatchEventRequest.ts';
import type { WatchEventResponse as _api_WatchEventResponse, WatchEventResponse__Output as _api_WatchEventResponse__Output } from './api/WatchEventResponse.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  api: {
    Actions: MessageTypeDefinition<_api_Actions, _api_Actions__Output>
    AddPathStreamRequest: MessageTypeDefinition<_api_AddPathStreamRequest, _api_AddPathStreamRequest__Output>
    AddPathStreamResponse: MessageTypeDefinition<_api_AddPathStreamResponse, _api_AddPathStreamResponse__Output>
    AddPaths: MessageTypeDefinition<_api_AddPaths, _api_AddPaths__Output>
    AddPathsConfig: MessageTypeDefinition<_api_AddPathsConfig, _api_AddPathsConfig__Output>
    AddPeerRequest: MessageTypeDefinition<_api_AddPeerRequest, _api_AddPeerRequest__Output>
    AddPeerResponse: MessageTypeDefinition<_api_AddPeerResponse, _api_AddPeerResponse__Output>
    AfiSafi: MessageTypeDefinition<_api_AfiSafi, _api_AfiSafi__Output>
    AfiSafiConfig: MessageTypeDefinition<_api_AfiSafiConfig, _api_AfiSafiConfig__Output>
    AfiSafiState: MessageTypeDefinition<_api_AfiSafiState, _api_AfiSafiState__Output>
    Attribute: MessageTypeDefinition<_api_Attribute, _api_Attribute__Output>
    BfdPeerConfig: MessageTypeDefinition<_api_BfdPeerConfig, _api_BfdPeerConfig__Output>
    BfdPeerState: MessageTypeDefinition<_api_BfdPeerState, _api_BfdPeerState__Output>
    BfdSessionState: EnumTypeDefinition
    Conditions: MessageTypeDefinition<_api_Conditions, _api_Conditions__Output>
    DeletePeerRequest: MessageTypeDefinition<_api_DeletePeerRequest, _api_DeletePeerRequest__Output>
    DeletePeerResponse: MessageTypeDefinition<_api_DeletePeerResponse, _api_DeletePeerResponse__Output>
    Destination: MessageTypeDefinition<_api_Destination, _api_Destination__Output>
    EbgpMultihop: MessageTypeDefinition<_api_EbgpMultihop, _api_EbgpMultihop__Output>
    Family: MessageTypeDefinition<_api_Family, _api_Family__Output>
    GetBgpRequest: MessageTypeDefinition<_api_GetBgpRequest, _api_GetBgpRequest__Output>
    GetBgpResponse: MessageTypeDefinition<_api_GetBgpResponse, _api_GetBgpResponse__Output>
    Global: MessageTypeDefinition<_api_Global, _api_Global__Output>
    GoBgpService: SubtypeConstructor<typeof grpc.Client, _api_GoBgpServiceClient> & { service: _api_GoBgpServiceDefinition }
    GracefulRestart: MessageTypeDefinition<_api_GracefulRestart, _api_GracefulRestart__Output>
    IPAddressPrefix: MessageTypeDefinition<_api_IPAddressPrefix, _api_IPAddressPrefix__Output>
    ListPathRequest: MessageTypeDefinition<_api_ListPathRequest, _api_ListPathRequest__Output>
    ListPathResponse: MessageTypeDefinition<_api_ListPathResponse, _api_ListPathResponse__Output>
    ListPeerRequest: MessageTypeDefinition<_api_ListPeerRequest, _api_ListPeerRequest__Output>
    ListPeerResponse: MessageTypeDefinition<_api_ListPeerResponse, _api_ListPeerResponse__Output>
    ListPolicyAssignmentRequest: MessageTypeDefinition<_api_ListPolicyAssignmentRequest, _api_ListPolicyAssignmentRequest__Output>
    ListPolicyAssignmentResponse: MessageTypeDefinition<_api_ListPolicyAssignmentResponse, _api_ListPolicyAssignmentResponse__Output>
    Message: MessageTypeDefinition<_api_Message, _api_Message__Output>
    Messages: MessageTypeDefinition<_api_Messages, _api_Messages__Output>
    MpGracefulRestart: MessageTypeDefinition<_api_MpGracefulRestart, _api_MpGracefulRestart__Output>
    MpGracefulRestartConfig: MessageTypeDefinition<_api_MpGracefulRestartConfig, _api_MpGracefulRestartConfig__Output>
    MpReachNLRIAttribute: MessageTypeDefinition<_api_MpReachNLRIAttribute, _api_MpReachNLRIAttribute__Output>
    NLRI: MessageTypeDefinition<_api_NLRI, _api_NLRI__Output>
    NextHopAttribute: MessageTypeDefinition<_api_NextHopAttribute, _api_NextHopAttribute__Output>
    OriginAttribute: MessageTypeDefinition<_api_OriginAttribute, _api_OriginAttribute__Output>
    Path: MessageTypeDefinition<_api_Path, _api_Path__Output>
    Peer: MessageTypeDefinition<_api_Peer, _api_Peer__Output>
    PeerConf: MessageTypeDefinition<_api_PeerConf, _api_PeerConf__Output>
    PeerState: MessageTypeDefinition<_api_PeerState, _api_PeerState__Output>
    Policy: MessageTypeDefinition<_api_Policy, _api_Policy__Output>
    PolicyAssignment: MessageTypeDefinition<_api_PolicyAssignment, _api_PolicyAssignment__Output>
    PolicyDirection: EnumTypeDefinition
    RouteAction: EnumTypeDefinition
    SetPoliciesRequest: MessageTypeDefinition<_api_SetPoliciesRequest, _api_SetPoliciesRequest__Output>
    SetPoliciesResponse: MessageTypeDefinition<_api_SetPoliciesResponse, _api_SetPoliciesResponse__Output>
    SetPolicyAssignmentRequest: MessageTypeDefinition<_api_SetPolicyAssignmentRequest, _api_SetPolicyAssignmentRequest__Output>
    SetPolicyAssignmentResponse: MessageTypeDefinition<_api_SetPolicyAssignmentResponse, _api_SetPolicyAssignmentResponse__Output>
    StartBgpRequest: MessageTypeDefinition<_api_StartBgpRequest, _api_StartBgpRequest__Output>
    StartBgpResponse: MessageTypeDefinition<_api_StartBgpResponse, _api_StartBgpResponse__Output>
    Statement: MessageTypeDefinition<_api_Statement, _api_Statement__Output>
    StopBgpRequest: MessageTypeDefinition<_api_StopBgpRequest, _api_StopBgpRequest__Output>
    StopBgpResponse: MessageTypeDefinition<_api_StopBgpResponse, _api_StopBgpResponse__Output>
    TableType: EnumTypeDefinition
    Timers: MessageTypeDefinition<_api_Timers, _api_Timers__Output>
    TimersConfig: MessageTypeDefinition<_api_TimersConfig, _api_TimersConfig__Output>
    TimersState: MessageTypeDefinition<_api_TimersState, _api_TimersState__Output>
    Transport: MessageTypeDefinition<_api_Transport, _api_Transport__Output>
    UpdatePeerRequest: MessageTypeDefinition<_api_UpdatePeerRequest, _api_UpdatePeerRequest__Output>
    UpdatePeerResponse: MessageTypeDefinition<_api_UpdatePeerResponse, _api_UpdatePeerResponse__Output>
    WatchEventRequest: MessageTypeDefinition<_api_WatchEventRequest, _api_WatchEventRequest__Output>
    WatchEventResponse: MessageTypeDefinition<_api_WatchEventResponse, _api_WatchEventResponse__Output>
  }
  google: {
    protobuf: {
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
}

