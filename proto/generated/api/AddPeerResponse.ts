// Original file: proto/gobgp/peer.proto


export interface AddPeerResponse {
}

export interface AddPeerResponse__Output {
}
