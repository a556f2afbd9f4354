// Original file: proto/gobgp/service.proto


export interface GetBgpRequest {
}

export interface GetBgpRequest__Output {
}
