// Original file: proto/gobgp/path.proto


export interface AddPathStreamResponse {
}

export interface AddPathStreamResponse__Output {
}
