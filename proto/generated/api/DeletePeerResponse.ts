// Original file: proto/gobgp/peer.proto


export interface DeletePeerResponse {
}

export interface DeletePeerResponse__Output {
}
