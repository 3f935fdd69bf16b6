-- revocations.logOut, permitted by revocations.loggingOut
insert into revocations (issuer, jti, revoked_at, expires_at)
 select :issuer, :jti, :askedAt, :tokenExpiresAt
 from permit
 where :jti is not null

-- revocations.loggedOut
select iif(revocations.revoked_at = :askedAt, null, 'token_revoked') as refusal
 from revocations
 where revocations.issuer = :issuer and revocations.jti = :jti
