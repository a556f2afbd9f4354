// Original file: proto/gobgp/peer.proto


export interface UpdatePeerResponse {
}

export interface UpdatePeerResponse__Output {
}
