// Original file: proto/gobgp/service.proto


export interface StartBgpResponse {
}

export interface StartBgpResponse__Output {
}
