// Original file: proto/gobgp/service.proto


export interface StopBgpResponse {
}

export interface StopBgpResponse__Output {
}
